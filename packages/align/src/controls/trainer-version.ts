/**
 * What a run's figures rest on beside its job: how arms are trained and judged. Raise it whenever an equal job would give other figures than
 * before: records of another version are then run again, never silently used. The generator and all data are in the hash of the subject.
 */
export const trainerVersion = '2';

/** Of records from before versions were written into them. */
export const firstTrainer = '1';

/** Goes into every result that rests on simulated records. Changes whenever the same settings give other records. */
export const simulatorVersion = 'bioscan-3';

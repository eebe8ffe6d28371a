import type { Rng } from '@bioscan/core';
import { planIndividual, type Individual } from '../morphology/individual.js';
import { planMorphology, type Morphology } from '../morphology/plan-morphology.js';
import { planScene, planSession, type PlateSession } from '../render/scene.js';
import type { Simulation } from '../simulate.js';
import type { Truth } from '../truth.js';
import type { PhotoFile, PhotoJob } from './photo-job.js';

/** Takes the photo of each specimen of a simulation: the same specimen gives the same photo, whatever record shows it. */
export interface Photographer {
  /** What is on a record's photo, swapped ones included. */
  subjectOf(processId: string): Truth;
  individualOf(subject: Truth): Individual;
  job(processId: string, files: readonly PhotoFile[]): PhotoJob;
}

export function photographer(simulation: Simulation, random: Rng): Photographer {
  const { image } = simulation.settings.world;
  const morphologies = planMorphology(
    simulation.species,
    { speciesSignal: image.speciesSignal, mimicry: image.mimicry },
    random.split('morphology'),
  );
  const byId = new Map(simulation.truth.map((row) => [row.processId, row]));
  const sessions = new Map<number, PlateSession>();
  return { subjectOf, individualOf, job };

  function subjectOf(processId: string): Truth {
    const subject = byId.get(simulation.photoOf.get(processId) ?? processId);
    if (subject === undefined) throw new RangeError(`sim: no specimen ${processId}`);
    return subject;
  }

  function morphologyOf({ looks }: Truth): Morphology {
    return morphologies[looks] as Morphology;
  }

  function individualOf(subject: Truth): Individual {
    return planIndividual(morphologyOf(subject), random.split(`body ${subject.processId}`));
  }

  function job(processId: string, files: readonly PhotoFile[]): PhotoJob {
    const subject = subjectOf(processId);
    const { plate } = subject.berth;
    const session = sessions.get(plate) ?? planSession(random.split(`session ${plate}`), image.setup);
    sessions.set(plate, session);
    return {
      processId,
      morphology: morphologyOf(subject),
      individual: individualOf(subject),
      scene: planScene(session, random.split(`scene ${subject.processId}`), image.setup),
      files,
    };
  }
}

import { firstOutcomes, ranksOf } from './probe-tables.js';
import type { ProbeTask } from './probe-task.js';

/** What a reader must know before believing the tables of a task. */
export function taskWarnings(task: ProbeTask): string[] {
  return [...countWarnings(task), ...systemWarnings(task)];
}

function countWarnings(task: ProbeTask): string[] {
  const warnings: string[] = [];
  const ranks = ranksOf(task);
  if (!ranks.includes('bin')) warnings.push(`${task.title}: the BIN was not evaluated; it is a rank like the others.`);
  const { unit, queryIds, unlabelled } = firstOutcomes(task, task.rank);
  const units = new Set(unit).size;
  if (units < 20) {
    warnings.push(`${task.title}: only ${units} species were resampled; bootstrap intervals of so few are too narrow.`);
  }
  if (unlabelled > queryIds.length) {
    warnings.push(`${task.title}: ${unlabelled} queries have no ${task.rank} and only ${queryIds.length} have one.`);
  }
  return warnings;
}

function systemWarnings(task: ProbeTask): string[] {
  return task.systems.flatMap(({ name, kind, source, runs }) => {
    const warnings: string[] = [];
    if (source !== undefined && source.corpus === undefined) {
      warnings.push(`${name}: what its encoder was trained on is unknown; it may have seen the test set.`);
    }
    if ((kind === 'self-supervised' || kind === 'labels used') && runs.length < 3) {
      const count = runs.length === 1 ? 'one training run' : `${runs.length} training runs`;
      warnings.push(`${name}: ${count}; the spread over seeds is not known.`);
    }
    return warnings;
  });
}

import type { Store } from '@bioscan/core';

/** One line of the log, without times, so that a resumed run writes the same log. */
export interface PretrainingLogLine {
  /** Steps taken. */
  readonly step: number;
  readonly [measure: string]: number | Readonly<Record<string, number>>;
}

/** A JSON-lines file that is appended to and, on resume, cut back to the checkpoint. */
export interface PretrainingLog {
  add(line: PretrainingLogLine): void;
  /** True when the stored log already holds the held-out scores of a step. */
  hasScores(step: number): boolean;
  /** Appends what was added since; lines must reach the store before the checkpoint that covers them. */
  flush(): Promise<void>;
}

/** Opens the log of a run at `step`: later lines, and a line cut short by a crash, are dropped. */
export async function openPretrainingLog(store: Store, name: string, step: number): Promise<PretrainingLog> {
  const old = (await store.list(name)).includes(name) ? new TextDecoder().decode(await store.read(name)) : '';
  const kept = old.split('\n').filter((line) => (stepOf(line) ?? Infinity) <= step);
  const text = kept.map((line) => `${line}\n`).join('');
  if (text !== old) await store.write(name, new TextEncoder().encode(text));
  let pending = '';
  return {
    add(line) {
      pending += `${JSON.stringify(line)}\n`;
    },
    hasScores: (wanted) => kept.some((line) => stepOf(line) === wanted && line.includes('"heldOut"')),
    async flush() {
      const bytes = new TextEncoder().encode(pending);
      pending = '';
      if (bytes.length > 0) await store.append(name, bytes);
    },
  };
}

function stepOf(line: string): number | undefined {
  try {
    const { step } = JSON.parse(line) as { step?: unknown };
    return typeof step === 'number' ? step : undefined;
  } catch {
    return undefined;
  }
}

import { BioscanError, type Store } from '@bioscan/core';

/** What a line says: the measures of a step, or the validation score after it. No line holds a time, so that a resumed run writes the same log. */
export interface RunLogLine {
  /** Steps taken. */
  readonly step: number;
  readonly [measure: string]: number | Readonly<Record<string, number>>;
}

/** A JSON-lines file that is appended to and, on resume, cut back to the checkpoint. */
export interface RunLog {
  /** The lines that were kept, then those added. */
  readonly lines: readonly RunLogLine[];
  add(line: RunLogLine): void;
  /** Appends what was added since; lines must reach the store before the checkpoint that covers them. */
  flush(): Promise<void>;
}

/**
 * Opens the log of a run at `step`, last validated after `evaluated`: later lines, and a line cut short by a crash, are dropped. A log that was
 * taken away begins anew.
 * @throws BioscanError `truncated` when lines before the checkpoint are missing
 */
export async function openRunLog(
  store: Store,
  name: string,
  { step, evaluated }: { readonly step: number; readonly evaluated: number },
): Promise<RunLog> {
  const present = (await store.list(name)).includes(name);
  const old = present ? new TextDecoder().decode(await store.read(name)) : '';
  const lines = old.split('\n').flatMap((line) => parsedLine(line) ?? []);
  const kept = lines.filter((line) => line.step <= ('validation' in line ? evaluated : step));
  if (present && step > 0) requireWhole(name, lines, step);
  const text = kept.map(written).join('');
  if (text !== old) await store.write(name, new TextEncoder().encode(text));
  let pending = '';
  return {
    lines: kept,
    add(line) {
      kept.push(line);
      pending += written(line);
    },
    async flush() {
      const bytes = new TextEncoder().encode(pending);
      pending = '';
      if (bytes.length > 0) await store.append(name, bytes);
    },
  };
}

function written(line: RunLogLine): string {
  return `${JSON.stringify(line)}\n`;
}

function parsedLine(text: string): RunLogLine | undefined {
  try {
    const line = JSON.parse(text) as Partial<RunLogLine> | null;
    return typeof line?.step === 'number' ? (line as RunLogLine) : undefined;
  } catch {
    return undefined;
  }
}

/** Lines of steps follow each other up to `step`; the first may be later than 1 where a log was taken away. */
function requireWhole(name: string, lines: readonly RunLogLine[], step: number): void {
  const steps = lines.flatMap((line) => ('loss' in line ? [line.step] : []));
  const first = steps[0] ?? 1;
  const hole = steps.findIndex((one, i) => one !== first + i);
  const last = hole < 0 ? (steps.at(-1) ?? 0) : (steps[hole - 1] as number);
  if (last >= step && first <= step + 1) return;
  throw new BioscanError(
    'truncated',
    `align: '${name}', got whole lines up to step ${last}, expected them up to step ${step}, which the checkpoint covers; remove the log to go on without it, or the whole folder to start anew`,
    { name, last, step },
  );
}

import { trainArm, type RunArm, type Subject, type SubjectSource } from '@bioscan/align/controls';
import { openRuntime, type EngineRuntime } from '@bioscan/runtime/node';

/** Engines that train arms side by side, and the subjects that they share. */
export interface ArmLanes {
  readonly count: number;
  readonly run: RunArm;
  /** For work outside the arms. */
  readonly runtime: EngineRuntime;
  /** Remembers a subject, so that runs may name it. Lanes share what is open: the latest subject and the one before. */
  know(source: SubjectSource): SubjectSource;
  close(): Promise<void>;
}

/** One engine thread a lane: small networks gain more from two runs at a time than from two threads a run. */
export function openArmLanes(count: number): ArmLanes {
  const sources = new Map<string, SubjectSource>();
  const open = new Map<string, Promise<Subject>>();
  const runtimes = Array.from({ length: count }, () => openRuntime({ threads: 1 }));
  const subjects = { [Symbol.iterator]: () => sources.values() };
  const free = runtimes.map((runtime) => trainArm({ subjects, runtime }));
  return { count, run, runtime: runtimes[0] as EngineRuntime, know, close };

  async function run(job: Parameters<RunArm>[0], signal?: AbortSignal): ReturnType<RunArm> {
    const lane = free.pop();
    if (lane === undefined) throw new RangeError(`cli: more than ${count} arms at a time`);
    try {
      return await lane(job, signal);
    } finally {
      free.push(lane);
    }
  }

  function know(source: SubjectSource): SubjectSource {
    const before = sources.get(source.hash);
    if (before !== undefined) return before;
    const kept: SubjectSource = { ...source, open: () => opened(source) };
    sources.set(source.hash, kept);
    return kept;
  }

  function opened(source: SubjectSource): Promise<Subject> {
    const there = open.get(source.hash) ?? source.open();
    open.delete(source.hash);
    open.set(source.hash, there);
    for (const hash of [...open.keys()].slice(0, -2)) open.delete(hash);
    return there;
  }

  async function close(): Promise<void> {
    for (const runtime of runtimes) await runtime.close();
  }
}

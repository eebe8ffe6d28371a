import type { Writable } from 'node:stream';
import { SingleBar } from 'cli-progress';
import type { Progress } from '@bioscan/core';

/** Where a command prints: results on stdout, progress and remarks on stderr. */
export interface Streams {
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean };
}

/** How a command talks. With `json`, stdout holds one JSON value and nothing else. */
export interface Console {
  readonly json: boolean;
  /** A remark while working, on stderr. */
  say(line: string): void;
  /** The result: text for people, or its JSON value. */
  result(text: string, value: unknown): void;
  /** A progress bar on a terminal, plain lines now and then in a pipe. */
  progress(title: string): ProgressLine;
}

export interface ProgressLine {
  update(progress: Progress, remark?: string): void;
  end(): void;
}

/** Plain progress lines come at most this often. */
const quietMilliseconds = 10_000;

/** A console over two streams. */
export function openConsole(streams: Streams, json: boolean): Console {
  return {
    json,
    say: (line) => {
      streams.stderr.write(`${line}\n`);
    },
    result: (text, value) => {
      streams.stdout.write(json ? `${JSON.stringify(value)}\n` : `${text}\n`);
    },
    progress: (title) => (streams.stderr.isTTY === true ? barLine(streams, title) : plainLine(streams, title)),
  };
}

function barLine(streams: Streams, title: string): ProgressLine {
  const bar = new SingleBar({
    format: `${title} {bar} {percentage} % · {value}/{total} · {eta_formatted} left {remark}`,
    stream: streams.stderr,
    barsize: 24,
    hideCursor: true,
    clearOnComplete: false,
  });
  let started = false;
  return {
    update: ({ done, total }, remark = '') => {
      if (!started) bar.start(total ?? done, 0, { remark });
      started = true;
      if (total !== undefined) bar.setTotal(total);
      bar.update(done, { remark });
    },
    end: () => {
      if (started) bar.stop();
    },
  };
}

function plainLine(streams: Streams, title: string): ProgressLine {
  let last = 0;
  return {
    update: ({ done, total }, remark = '') => {
      const now = Date.now();
      if (now - last < quietMilliseconds && done !== total) return;
      last = now;
      const share = total === undefined ? done.toString() : `${done}/${total} (${Math.floor((100 * done) / total)} %)`;
      streams.stderr.write(`${title}: ${share}${remark === '' ? '' : ` ${remark}`}\n`);
    },
    end: () => undefined,
  };
}

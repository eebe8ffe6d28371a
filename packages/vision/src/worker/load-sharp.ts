import { BioscanError } from '@bioscan/core';

type Sharp = (typeof import('sharp'))['default'];

let loaded: Promise<Sharp> | undefined;

/**
 * sharp, an optional peer, loaded on first use.
 * @throws BioscanError `not-found` that says what to install
 */
export function loadSharp(): Promise<Sharp> {
  loaded ??= import('sharp').then(
    (module) => module.default,
    (cause: unknown) => {
      throw new BioscanError('not-found', "vision: decoding needs sharp; run 'npm install sharp'", {}, { cause });
    },
  );
  return loaded;
}

import { realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { BioscanError } from '@bioscan/core';
import { isTemporary } from './temporary-name.js';

/**
 * The path of a name below `folder`.
 * @throws BioscanError `bad-input` for names that are absolute, empty, lead outside or are reserved for temporary files
 */
export function pathOf(folder: string, name: string): string {
  const parts = name.split('/');
  const bad =
    parts.some((part) => part === '' || part === '.' || part === '..') ||
    /[\0\\]/.test(name) ||
    /^[a-z]:/i.test(name) ||
    isTemporary(name);
  if (bad) {
    const expected = "relative, with '/' between its parts, no '..', no '\\' and no temporary ending";
    throw new BioscanError('bad-input', `runtime: store name, got ${JSON.stringify(name)}, expected ${expected}`, {
      name,
    });
  }
  return join(folder, ...parts);
}

/**
 * Follows the links of what exists of `path` and holds the end against the folder.
 * @throws BioscanError `bad-input` when a link leads outside
 */
export async function checkInside(folder: string, path: string, name: string): Promise<void> {
  const [root, real] = await Promise.all([nearestReal(folder), nearestReal(path)]);
  if (real !== root && !real.startsWith(root.endsWith(sep) ? root : root + sep)) {
    throw new BioscanError('bad-input', `runtime: store name '${name}' leads through a link out of the folder`, {
      name,
    });
  }
}

/** The real path, of the nearest ancestor when `path` is not there yet. A link to nowhere counts as its target's ancestor. */
async function nearestReal(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if ((code !== 'ENOENT' && code !== 'ENOTDIR') || dirname(path) === path) throw error;
    return nearestReal(dirname(path));
  }
}

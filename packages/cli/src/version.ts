import { createRequire } from 'node:module';

const manifest = createRequire(import.meta.url)('../package.json') as { readonly version: string };

/** Version of this package, which all bioscan packages share. */
export const version: string = manifest.version;

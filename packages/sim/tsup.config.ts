import { defineConfig } from 'tsup';
import { packageBuild } from '../../tools/build/tsup-preset.js';
import { sourceStamp } from './src/dataset/worker-file.js';

/** The worker says which sources it was built from, so that no run takes photos with an old one. */
const stamp = sourceStamp(new URL('./src/', import.meta.url));

export default defineConfig(
  packageBuild({ index: 'src/index.ts', worker: 'src/worker.ts' }, { banner: { js: `// sources ${stamp}` } }),
);

import { defineConfig } from 'tsup';
import { packageBuild } from '../../tools/build/tsup-preset.js';

export default defineConfig(packageBuild({ index: 'src/index.ts', bin: 'src/bin.ts', worker: 'src/worker.ts' }));

import { defineConfig } from 'tsup';
import { packageBuild } from '../../tools/build/tsup-preset.js';

export default defineConfig(
  packageBuild({
    index: 'src/index.ts',
    distance: 'src/distance/index.ts',
    baselines: 'src/baselines/index.ts',
    node: 'src/node.ts',
    onnx: 'src/onnx/index.ts',
  }),
);

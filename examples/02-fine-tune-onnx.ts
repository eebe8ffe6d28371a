/**
 * # Fine-tune an ONNX model
 *
 * Somebody trained an image encoder and shipped it as an ONNX file. This notebook trains it on: reads the file, asks what can be trained,
 * puts a new head on it, trains, and ships the result as an ONNX file.
 *
 *     pnpm tsx examples/02-fine-tune-onnx.ts                           a small CNN made here, generated pictures
 *     pnpm tsx examples/02-fine-tune-onnx.ts --model encoder.onnx --output features --photos folder --size 224
 *
 * Options: --model <file>, --output <value of the model>, --photos <folder with a folder a class>, --size <pixels>, --steps <n>,
 * --trainable <pattern>, --out <folder>.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { rng, tensor, type Tensors } from '@bioscan/core';
import {
  accuracy,
  adamw,
  applyOnnx,
  crossEntropy,
  describeOnnx,
  inferenceGraph,
  inferenceModel,
  initialState,
  linear,
  readOnnx,
  trainingGraph,
  trainingStep,
  untrainable,
  type OnnxModel,
  type Value,
} from '@bioscan/graph';
import { readOnnxFile } from '@bioscan/graph/node';
import { openRuntime } from '@bioscan/runtime/node';
import sharp from 'sharp';
import { smallCnn } from './small-cnn.js';

const { values: options } = parseArgs({
  options: {
    model: { type: 'string' },
    output: { type: 'string', default: 'features' },
    photos: { type: 'string' },
    size: { type: 'string', default: '16' },
    steps: { type: 'string', default: '40' },
    trainable: { type: 'string', default: '.' },
    out: { type: 'string', default: 'out/fine-tune' },
  },
});
const [size, batch] = [Number(options.size), 12];
const random = rng(5);

// ## 1. The file
//
// Reading executes nothing; what comes back is data that can be printed.

const model: OnnxModel = options.model === undefined ? readOnnx(smallCnn()) : await readOnnxFile(options.model);
console.log(describeOnnx(model));
const [input] = model.inputs;
if (input === undefined) throw new Error('the model has no input');

// ## 2. Can it be trained?

const choice = { outputs: [options.output], trainable: new RegExp(options.trainable) };
const obstacles = untrainable(model, choice);
for (const { node, operator, reason } of obstacles) console.log(`in the way: ${operator} '${node}': ${reason}`);
if (obstacles.length === 0) console.log('nothing is in the way of training');

// ## 3. Pictures
//
// A folder a class; without one, three classes that differ in colour.

interface Picture {
  readonly pixels: Float32Array;
  readonly label: number;
}

const pictures = options.photos === undefined ? generated() : await photos(options.photos);
const classes = 1 + Math.max(...pictures.map(({ label }) => label));
console.log(`${pictures.length} pictures of ${classes} classes${options.photos === undefined ? ' (GENERATED)' : ''}`);

// ## 4. Train the body and a new head

function classify(images: Value): Value {
  const features = applyOnnx(model, { [(input as { name: string }).name]: images }, choice)[options.output];
  return linear(features as Value, 'classes', classes);
}

const graph = trainingGraph();
const labels = graph.input('labels', 'int64', [batch]);
const logits = classify(graph.input('images', 'float32', [batch, 3, size, size]));
const step = trainingStep(graph, {
  loss: crossEntropy(logits, labels),
  metrics: { accuracy: accuracy(logits, labels) },
  optimizer: adamw({ clipNorm: 1 }),
  seed: 1,
});
const runtime = openRuntime();
const session = await runtime.train(step, initialState(graph, random.split('head')));
const steps = Number(options.steps);
for (let i = 0; i < steps; i++) {
  const { loss, accuracy: right } = await session.step(drawn(), { learningRate: 3e-3, beta1: 0.9 });
  if (i % 10 === 0 || i === steps - 1) {
    console.log(`step ${i}: loss ${Number(loss?.data[0]).toFixed(3)}, accuracy ${Number(right?.data[0]).toFixed(2)}`);
  }
}

// ## 5. Ship it

const shipped = inferenceGraph();
const output = classify(shipped.input('images', 'float32', ['batch', 3, size, size]));
await mkdir(options.out, { recursive: true });
const path = join(options.out, 'fine-tuned.onnx');
await writeFile(path, inferenceModel(shipped, { outputs: { logits: output }, state: await session.read() }));
const opened = await runtime.open({ path });
console.log(`${path} takes`, opened.inputs, 'and gives', opened.outputs);
await runtime.close();

function drawn(): Tensors {
  const rows = Array.from({ length: batch }, () => pictures[random.integer(pictures.length)] as Picture);
  const pixels = new Float32Array(batch * 3 * size * size);
  rows.forEach((row, i) => {
    pixels.set(row.pixels, i * 3 * size * size);
  });
  return {
    images: tensor('float32', [batch, 3, size, size], pixels),
    labels: tensor(
      'int64',
      [batch],
      BigInt64Array.from(rows, ({ label }) => BigInt(label)),
    ),
  };
}

function generated(): readonly Picture[] {
  return Array.from({ length: 60 }, (_, i) => {
    const label = i % 3;
    const pixels = Float32Array.from({ length: 3 * size * size }, (__, at) => {
      return random.normal() + (Math.floor(at / (size * size)) === label ? 0.7 : 0);
    });
    return { pixels, label };
  });
}

async function photos(folder: string): Promise<readonly Picture[]> {
  const kinds = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const found: Picture[] = [];
  for (const [label, kind] of kinds.entries()) {
    for (const name of await readdir(join(folder, kind.name))) {
      const raw = await sharp(join(folder, kind.name, name))
        .removeAlpha()
        .resize(size, size, { fit: 'fill' })
        .raw()
        .toBuffer();
      const plane = size * size;
      // Interleaved bytes to planes of about -1 to 1.
      const pixels = Float32Array.from({ length: 3 * plane }, (_, at) => {
        return ((raw[(at % plane) * 3 + Math.floor(at / plane)] as number) - 127.5) / 127.5;
      });
      found.push({ pixels, label });
    }
  }
  return found;
}

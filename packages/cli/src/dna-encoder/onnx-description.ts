import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BioscanError, type ModelSource, type Runtime } from '@bioscan/core';
import { kmerVocabulary, type BarcodeEncoder } from '@bioscan/dna';
import {
  characterTokens,
  huggingFaceTokens,
  kmerTokens,
  onnxEncoder,
  onnxPoolings,
  publishedEncoders,
  publishedRecipe,
  recipeKind,
  vocabularyTokens,
  type DnaTokens,
  type OnnxEncoderOptions,
} from '@bioscan/dna/onnx';
import { configFields, type ConfigFields } from '../align/config-fields.js';

/** What an encoder can have learned from; `baseline` is an untrained one. */
export type EncoderKind = 'self-supervised' | 'labels used' | 'baseline';

const encoderKinds: readonly EncoderKind[] = ['self-supervised', 'labels used', 'baseline'];

/** How a description looks, for the help of commands. */
export const onnxHelp: string = `
A description of an ONNX encoder is a JSON file; its paths are relative to it:
  { "model": "model.onnx", "recipe": "dnabert-2", "vocabulary": "tokenizer.json" }
Recipes: ${publishedEncoders.join(', ')}. Without one, "tokens" says how barcodes are read:
  { "kind": "characters" }, { "kind": "k-mers", "k": 4 }, { "kind": "vocabulary" } or { "kind": "hugging-face" } with "vocabulary".
"kind" says what the encoder learned from, for the tables: ${encoderKinds.join(', ')} (baseline: untrained); needed without a recipe.
Also: "name", "pooling" (${onnxPoolings.join(', ')}), "maxTokens", "padding", "output", "batchSize".`;

/** An ONNX DNA encoder as a JSON file describes it, opened. */
export interface DescribedEncoder {
  readonly name: string;
  /** Of its row: as the description says, else as its recipe was trained. */
  readonly kind: EncoderKind;
  readonly encoder: BarcodeEncoder;
}

/**
 * Opens the encoder that a JSON file describes; paths in it are relative to the file.
 * `{ "model": "model.onnx", "recipe": "dnabert-2", "vocabulary": "tokenizer.json" }`, or with a tokenizer of one's own
 * `{ "model": …, "kind": "self-supervised", "tokens": { "kind": "characters" }, "pooling": "max" }`.
 * @throws BioscanError `bad-file` or `bad-input` naming the field
 */
export async function openDescribedEncoder(path: string, runtime: Pick<Runtime, 'open'>): Promise<DescribedEncoder> {
  const fields = configFields(await jsonOf(path), path);
  const model = fields.text('model');
  if (model === undefined) throw fields.wrong('model', 'the path of an ONNX file');
  const name = fields.text('name') ?? basename(path).replace(/\.json$/, '');
  const options = await optionsOf(fields, path);
  const kind = kindOf(fields);
  fields.end();
  const encoder = await onnxEncoder(await sourceOf(join(dirname(path), model)), runtime, { id: name, ...options });
  return { name, kind, encoder };
}

function kindOf(fields: ConfigFields): EncoderKind {
  const recipe = fields.choice('recipe', publishedEncoders);
  const kind = fields.choice('kind', encoderKinds) ?? (recipe === undefined ? undefined : recipeKind(recipe));
  if (kind !== undefined) return kind;
  throw fields.wrong('kind', `what the encoder learned from, one of ${encoderKinds.join(', ')} (untrained)`);
}

async function optionsOf(fields: ConfigFields, path: string): Promise<OnnxEncoderOptions> {
  const recipe = fields.choice('recipe', publishedEncoders);
  const vocabulary = fields.text('vocabulary');
  const text = vocabulary === undefined ? undefined : await textOf(join(dirname(path), vocabulary));
  const tokens = fields.object('tokens');
  if ((recipe === undefined) === (tokens === undefined)) {
    throw fields.wrong('recipe', `either a recipe (${publishedEncoders.join(', ')}) or tokens { "kind": … }`);
  }
  if (recipe !== undefined && recipe !== 'hyenadna' && text === undefined) {
    throw fields.wrong('vocabulary', `the path of ${recipe}'s vocabulary file`);
  }
  const base = recipe === undefined ? undefined : publishedRecipe(recipe, text);
  const own = tokens === undefined ? undefined : tokensOf(tokens, text, fields);
  const [pooling, maxTokens] = [fields.choice('pooling', onnxPoolings), fields.number('maxTokens', bound)];
  const [padding, output] = [fields.choice('padding', ['right', 'left', 'none']), fields.text('output')];
  const batchSize = fields.number('batchSize', bound);
  return {
    ...(base ?? { tokens: own as DnaTokens }),
    ...(pooling === undefined ? {} : { pooling }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(padding === undefined ? {} : { padding }),
    ...(output === undefined ? {} : { output }),
    ...(batchSize === undefined ? {} : { batchSize }),
  };
}

const bound = { least: 1, whole: true } as const;
const kinds = ['characters', 'vocabulary', 'k-mers', 'hugging-face'] as const;

function tokensOf(fields: ConfigFields, text: string | undefined, parent: ConfigFields): DnaTokens {
  const kind = fields.choice('kind', kinds);
  if (kind === undefined) throw fields.wrong('kind', `one of ${kinds.join(', ')}`);
  const tokens = tokensOfKind(kind, fields, text, parent);
  fields.end();
  return tokens;
}

function tokensOfKind(
  kind: (typeof kinds)[number],
  fields: ConfigFields,
  text: string | undefined,
  parent: ConfigFields,
): DnaTokens {
  switch (kind) {
    case 'characters': {
      const letters = fields.text('letters') ?? 'ACGTN';
      const [firstId, unknownId] = [fields.number('firstId', id), fields.number('unknownId', id)];
      const [padId, before, after] = [
        fields.number('padId', id),
        fields.numbers('before', id),
        fields.numbers('after', id),
      ];
      return characterTokens({
        letters,
        ...(firstId === undefined ? {} : { firstId }),
        ...(unknownId === undefined ? {} : { unknownId }),
        ...(padId === undefined ? {} : { padId }),
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
      });
    }
    case 'vocabulary': {
      const reading = fields.choice('reading', ['greedy', 'overlapping']) ?? 'greedy';
      const [before, after] = [fields.texts('before') ?? [], fields.texts('after') ?? []];
      return vocabularyTokens(needed(text, parent), { reading, before, after });
    }
    case 'k-mers': {
      const k = fields.number('k', { ...bound, most: 10 });
      if (k === undefined) throw fields.wrong('k', 'letters a token');
      return kmerTokens(
        kmerVocabulary(fields.choice('layout', ['current', 'workshop', 'clibd', 'acgtn']) ?? 'current', k),
      );
    }
    case 'hugging-face':
      return huggingFaceTokens(needed(text, parent), { specials: fields.flag('specials') ?? true });
    default:
      throw new TypeError(`cli: unknown tokens ${String(kind satisfies never)}`);
  }
}

const id = { least: 0, whole: true } as const;

function needed(text: string | undefined, parent: ConfigFields): string {
  if (text === undefined) throw parent.wrong('vocabulary', 'the path of the tokenizer file');
  return text;
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new BioscanError('not-found', `cli: '${path}', got no file, expected the vocabulary`, { path }, { cause });
  });
}

async function jsonOf(path: string): Promise<unknown> {
  const text = await textOf(path);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new BioscanError('bad-file', `cli: '${path}', got no JSON, expected { "model": …, … }`, { path }, { cause });
  }
}

/** Bytes, whose hash names the weights; a model with its weights in a second file is opened by its path. */
async function sourceOf(path: string): Promise<ModelSource> {
  if (!existsSync(path))
    throw new BioscanError('not-found', `cli: '${path}', got no file, expected an ONNX model`, { path });
  const beside = [`${path}.data`, `${path}_data`].some((file) => existsSync(file));
  return beside ? { path } : new Uint8Array(await readFile(path));
}

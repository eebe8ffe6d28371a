import * as library from '@huggingface/tokenizers';
import { BioscanError } from '@bioscan/core';
import type { DnaTokens } from './dna-tokens.js';

/** What is used of the library: its own declarations do not resolve under Node's rules. */
interface Tokenizer {
  encode(text: string, options: { readonly add_special_tokens: boolean }): { readonly ids: readonly number[] };
  token_to_id(token: string): number | undefined;
  get_vocab(withAdded: boolean): ReadonlyMap<string, number>;
}

export interface HuggingFaceTokensOptions {
  /** Keep what the tokenizer puts around a text, such as `[CLS]` and `[SEP]`. Default true; the papers' tables were made without. */
  readonly specials?: boolean;
  /** Default: the entry named `[PAD]` or `<pad>`, else 0. */
  readonly padId?: number;
}

/**
 * A Hugging Face `tokenizer.json`, read by @huggingface/tokenizers: byte pairs as DNABERT-2, or whatever else the file describes.
 * @param json the file's text, or its parsed content
 * @throws BioscanError `bad-file` when it is no such file or asks for parts that the library does not know
 */
export function huggingFaceTokens(json: string | object, options: HuggingFaceTokensOptions = {}): DnaTokens {
  const { specials = true } = options;
  const tokenizer = openTokenizer(typeof json === 'string' ? parsed(json) : json);
  const { padId = tokenizer.token_to_id('[PAD]') ?? tokenizer.token_to_id('<pad>') ?? 0 } = options;
  const around = specials ? aroundText(tokenizer) : { before: [], after: [] };
  return {
    name: 'tokenizer.json',
    settings: { entries: tokenizer.get_vocab(true).size, specials },
    padId,
    tokenize: (barcode) => ({ ...around, content: idsOf(tokenizer, barcode, false) }),
  };
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    throw broken('no JSON', error);
  }
  throw broken('JSON that is no object');
}

/** Parts that the format may leave null; the library wants them present. */
const optional = { added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null };

/** Others would be read as if they were an old word list. */
const models = ['BPE', 'WordPiece', 'Unigram'];

function modelType(json: object): string {
  const model: unknown = 'model' in json ? json.model : undefined;
  if (typeof model !== 'object' || model === null) throw broken("no 'model'");
  return 'type' in model ? String(model.type) : '';
}

function openTokenizer(json: object): Tokenizer {
  const type = modelType(json);
  if (!models.includes(type)) throw broken(`a model of type '${type}' (${models.join(', ')} are known)`);
  try {
    const { Tokenizer } = library as unknown as { readonly Tokenizer: new (json: object, config: object) => Tokenizer };
    return new Tokenizer({ ...optional, ...json }, {});
  } catch (error) {
    throw broken(error instanceof Error ? error.message : String(error), error);
  }
}

/** What the post-processor puts around a text, seen on a letter. */
function aroundText(tokenizer: Tokenizer): { readonly before: readonly number[]; readonly after: readonly number[] } {
  const whole = idsOf(tokenizer, 'A', true);
  const bare = idsOf(tokenizer, 'A', false);
  const extra = whole.length - bare.length;
  const start = Array.from({ length: extra + 1 }, (_, i) => i).find((i) => bare.every((id, j) => whole[i + j] === id));
  if (start === undefined) throw broken('a post-processor that changes the text itself');
  return { before: whole.slice(0, start), after: whole.slice(start + bare.length) };
}

function idsOf(tokenizer: Tokenizer, text: string, specials: boolean): readonly number[] {
  return tokenizer.encode(text, { add_special_tokens: specials }).ids;
}

function broken(what: string, cause?: unknown): BioscanError {
  return new BioscanError(
    'bad-file',
    `dna: tokenizer.json, got ${what}, expected a tokenizer of the Hugging Face format; download the file again, or give the vocabulary as text`,
    {},
    { cause },
  );
}

import { BioscanError, type EncoderProvenance } from '@bioscan/core';
import { DataType, Field, FixedSizeList, Float32, Schema, Utf8, type RecordBatch } from 'apache-arrow';

/** Key of the JSON document in the schema's metadata. */
const metadataKey = 'bioscan.embeddings';
const version = 1;

// A type, not an interface: Arrow's schema wants an index signature.
export type EmbeddingTypes = { id: Utf8; vector: FixedSizeList<Float32> };
export type EmbeddingBatch = RecordBatch<EmbeddingTypes>;

/** `id: utf8`, `vector: fixed_size_list<float32>[dimension]`, provenance as JSON in the metadata. */
export function embeddingSchema(dimension: number, source: EncoderProvenance): Schema<EmbeddingTypes> {
  const document = JSON.stringify({ version, checksums: true, dimension, source });
  return new Schema<EmbeddingTypes>(
    [
      new Field('id', new Utf8(), false),
      new Field('vector', new FixedSizeList(dimension, new Field('item', new Float32(), false)), false),
    ],
    new Map([[metadataKey, document]]),
  );
}

/** What the schema says of its vectors. */
export interface EmbeddingHeader {
  readonly dimension: number;
  readonly source: EncoderProvenance;
}

/**
 * Checks that an Arrow schema is one of ours.
 * @throws BioscanError `bad-file`, or `unsupported` for a later version.
 */
export function readEmbeddingSchema(schema: Schema, path: string): EmbeddingHeader {
  const json = schema.metadata.get(metadataKey);
  if (json === undefined) throw foreign(path, `its schema has no ${metadataKey}`);
  const document = parse(json, path);
  if (document.version !== version) {
    throw new BioscanError(
      'unsupported',
      `data: ${path} has version ${String(document.version)}, expected ${version}`,
      { path },
    );
  }
  const [id, vector] = schema.fields;
  const fits =
    schema.fields.length === 2 &&
    id?.name === 'id' &&
    DataType.isUtf8(id.type) &&
    vector?.name === 'vector' &&
    DataType.isFixedSizeList(vector.type) &&
    vector.type.listSize === document.dimension &&
    String(vector.type.valueType) === 'Float32';
  if (!fits) throw foreign(path, 'its columns are not id: utf8 and vector: fixed_size_list<float32>');
  return { dimension: document.dimension, source: document.source };
}

interface Document extends EmbeddingHeader {
  readonly version: unknown;
}

function parse(json: string, path: string): Document {
  let document: unknown;
  try {
    document = JSON.parse(json);
  } catch (error) {
    throw foreign(path, 'its provenance is not JSON', error);
  }
  const fits =
    typeof document === 'object' &&
    document !== null &&
    'version' in document &&
    'dimension' in document &&
    typeof document.dimension === 'number' &&
    'source' in document &&
    typeof document.source === 'object' &&
    document.source !== null &&
    'id' in document.source &&
    typeof document.source.id === 'string';
  if (!fits) throw foreign(path, 'its provenance lacks version, dimension or source');
  return document as Document;
}

/** The error for files that were ours once. */
export function damagedFile(path: string, why: string, cause?: unknown): BioscanError {
  return new BioscanError('bad-file', `data: ${path} is damaged: ${why}; make or get it again`, { path }, { cause });
}

/** The error for files that are not, or no longer, embedding files. */
export function foreign(path: string, why: string, cause?: unknown): BioscanError {
  return new BioscanError(
    'bad-file',
    `data: ${path} is no embedding file (${why}), expected one made by writeEmbeddings`,
    { path },
    { cause },
  );
}

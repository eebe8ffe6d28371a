export { writeEmbeddings } from './embeddings/write-embeddings.js';
export { openEmbeddings, type EmbeddingFile } from './embeddings/open-embeddings.js';

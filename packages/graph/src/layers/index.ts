export { dropout } from './dropout.js';
export { affine, linear, type LinearOptions } from './linear.js';
export { embedding, type EmbeddingOptions } from './embedding.js';
export { layerNormalization } from './layer-normalization.js';
export { attentionBias, multiHeadAttention, selfAttention, type AttentionOptions } from './attention.js';
export { encoderLayer, type EncoderLayerOptions } from './encoder-layer.js';
export { accuracy, crossEntropy, rowMean, type RowWeightOptions } from './cross-entropy.js';

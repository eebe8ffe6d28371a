export { dropout } from './dropout.js';
export { recompute } from './recompute.js';
export { affine, linear, type LinearOptions } from './linear.js';
export { embedding, type EmbeddingOptions } from './embedding.js';
export { layerNormalization } from './layer-normalization.js';
export {
  attentionBias,
  multiHeadAttention,
  scaledAttention,
  selfAttention,
  type AttentionOptions,
} from './attention.js';
export { poolTokens, type TokenPooling } from './pool-tokens.js';
export { bertStates, type BertShape } from './bert.js';
export { encoderLayer, type EncoderLayerOptions } from './encoder-layer.js';
export { accuracy, crossEntropy, rowMean, type RowWeightOptions } from './cross-entropy.js';
export { convolution, type ConvolutionOptions } from './convolution.js';
export { groupNormalization } from './group-normalization.js';

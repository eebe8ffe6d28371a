export { decodePicture, type DecodeOptions } from './worker/decode-picture.js';
export { encodePicture, type EncodeOptions } from './node/encode-picture.js';

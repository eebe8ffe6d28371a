export { decodePicture, type DecodeOptions } from './worker/decode-picture.js';
export { encodePicture, type EncodeOptions } from './node/encode-picture.js';
export {
  loadPictures,
  type LoadPicturesOptions,
  type PictureBatch,
  type PictureInput,
  type PictureLoader,
} from './node/load-pictures.js';
export type { PictureRejects, RejectedPicture } from './node/picture-rejects.js';
export type { AugmentedEpoch, PictureTransform } from './worker/picture-task.js';

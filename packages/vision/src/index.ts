export {
  presets,
  sized,
  type Interpolation,
  type Normalisation,
  type PictureSize,
  type Preprocessing,
} from './pixels/preprocessing.js';
export { preprocess, preprocessBatch, preprocessedSize } from './pixels/preprocess.js';
export { resizePicture, resizedSize, type ResizeOptions } from './pixels/resize-picture.js';
export { flipPicture } from './pixels/flip-picture.js';
export { rotatePicture, type Colour, type RotateOptions } from './pixels/rotate-picture.js';
export { adjustBrightness, adjustContrast, adjustHue, adjustSaturation, greyPicture } from './pixels/adjust-colour.js';
export { blurPicture, type BlurOptions } from './pixels/blur-picture.js';
export {
  augmentation,
  augmentations,
  augmentedSize,
  type Augmentation,
  type AugmentationStep,
} from './augmentation/augmentation.js';
export { augment, augmentBatch, augmentPicture } from './augmentation/augment.js';
export { vit, vitOf, type Vit, type VitConfig, type VitInput, type VitOptions, type VitPooling } from './vit.js';
export {
  importClibdImage,
  importVit,
  timmHeads,
  timmVitPreprocessing,
  type ImportedVit,
  type ImportVitOptions,
} from './import-vit.js';
export { imageEncoder, type ImageEncoder, type ImageEncoderOptions } from './encoders/image-encoder.js';
export type { ImagePooling } from './encoders/image-pooling.js';
export { colourHistogram, type ColourHistogramOptions } from './encoders/colour-histogram.js';
export {
  huggingFaceEncoder,
  type HuggingFaceEncoderOptions,
  type HuggingFaceImage,
  type HuggingFaceModel,
  type HuggingFaceTensor,
} from './encoders/hugging-face-encoder.js';
export {
  convolutionalEncoder,
  specimenAugmentation,
  type ConvolutionalEncoderOptions,
} from './encoders/convolutional-encoder.js';
export type { Detection, DetectionFlag, Detector, SpecimenMask } from './detect/detector.js';
export {
  classicalDetector,
  type ClassicalDetector,
  type ClassicalDetectorOptions,
} from './detect/classical-detector.js';
export { cropPresets, type CropPreset } from './crop/crop-presets.js';
export { planCrop, type CropPlan } from './crop/plan-crop.js';
export { cropSpecimen, type CropOptions } from './crop/crop-specimen.js';
export { backgroundColour } from './crop/background-colour.js';
export {
  measureSpecimen,
  millimetresPerPixel,
  type MeasureOptions,
  type SpecimenMeasures,
} from './crop/measure-specimen.js';
export { compressPicture } from './shift/compress-picture.js';
export { photoShifts, photoShiftKinds, type PhotoShift, type PhotoShiftKind } from './shift/photo-shifts.js';
export { shiftPicture } from './shift/shift-picture.js';

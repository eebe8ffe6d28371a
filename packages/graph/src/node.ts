export { readOnnxFile } from './node/read-onnx-file.js';

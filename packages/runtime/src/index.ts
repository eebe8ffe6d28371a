export { fillDropoutMask } from './kernel/dropout-mask.js';

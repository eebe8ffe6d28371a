import { parentPort, workerData } from 'node:worker_threads';
import { isBioscanError } from '@bioscan/core';
import { decodePicture } from './worker/decode-picture.js';
import {
  transformPicture,
  type PictureAnswer,
  type PictureRequest,
  type ThreadSettings,
} from './worker/picture-task.js';

/** A thread of the loader. Two pictures at a time: one is decoded in libvips' threads while the other is resized here. */
const port = parentPort;
if (port !== null) {
  const { transform, maxPixels } = workerData as ThreadSettings;
  const queue: PictureRequest[] = [];
  let active = 0;
  let stopped = false;

  const load = async ({ ticket, id, source }: PictureRequest): Promise<void> => {
    try {
      const name = typeof source === 'string' ? source : id;
      const pixels = transformPicture(await decodePicture(source, { maxPixels, name }), id, transform);
      port.postMessage({ ticket, pixels } satisfies PictureAnswer, [pixels.buffer as ArrayBuffer]);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const code = isBioscanError(error) ? { code: error.code } : {};
      port.postMessage({ ticket, message, ...code } satisfies PictureAnswer);
    }
  };

  const startNext = (): void => {
    while (!stopped && active < 2) {
      const request = queue.shift();
      if (request === undefined) return;
      active++;
      void load(request).then(() => {
        active--;
        startNext();
        // Without its port the thread has nothing to wait for, and ends by itself.
        if (stopped && active === 0) port.close();
      });
    }
  };

  port.on('message', (message: PictureRequest | 'stop') => {
    if (message === 'stop') {
      stopped = true;
      if (active === 0) port.close();
      return;
    }
    queue.push(message);
    startNext();
  });
}

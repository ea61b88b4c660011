import { partsMemory } from './parts_memory';
import { openPartsTransfer } from './parts_transfer';
import { openPutTransfer } from './put_transfer';
import { s3Parts } from './s3_parts';
import type { OpenTransfer } from './transfer';

/** What is larger goes in parts, so that a broken line costs one of them. */
export const PUT_BYTES_MAX = 16 << 20;

export const openTransfer: OpenTransfer = (file) =>
  file.size > PUT_BYTES_MAX ? openPartsTransfer(file, s3Parts, partsMemory) : openPutTransfer(file);

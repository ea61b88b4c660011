import { File as NodeFile } from 'node:buffer';

// A global only from Node.js 20 on.
globalThis.File ??= NodeFile as unknown as typeof File;

const REMEDIES: Record<string, string> = {
  empty: 'Upload the file again; it may have been cut off where it came from.',
  corrupt: 'Open the file in its own program, save it anew, and upload that.',
  encrypted: 'Remove the password in the program that made the file, and upload the result.',
  too_large: 'Split the document and upload the parts.',
  unsupported: 'Save the document as PDF, DOCX or HTML, and upload that.',
  timed_out: 'Retry when the service is less busy, or split the document.',
  crashed: 'Retry once. If it fails again, save the document anew or print it to a PDF.',
  unavailable: 'Retry: the cause may have passed.',
};

/** What a person can do about a document's error; undefined where nothing sensible can be said. */
export const remedyFor = (code: string): string | undefined => REMEDIES[code];

/** Name of the bundle in the output folder. */
export const bundleName = 'leakviz-report.zip';

/** Trackers take attachments of this size. */
export const defaultBundleBytes = 10 << 20;

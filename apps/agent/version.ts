/** Of the package; the collector is one file and cannot ask it. */
export const version = '0.1.0';

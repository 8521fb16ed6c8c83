/** For reports that say by what they were made: the version of the package, which is no part of what is installed. */
export const product = 'Bulwark 0.1.0';

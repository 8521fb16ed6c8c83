/** Characters of evidence whose indexes are held at a time; a cluster of 15,000 pods has some 10 million of RBAC and network. */
export const engineCapacity = 48 * 1024 * 1024;

/** Labels by which a namespace asks for Pod Security admission begin with this. */
export const podSecurityPrefix = 'pod-security.kubernetes.io/';
/** The level that is enforced. */
export const enforceLabel = `${podSecurityPrefix}enforce`;

/** Whether only the node itself reaches a host: an address without brackets, or `localhost`. */
export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

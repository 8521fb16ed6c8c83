/** `https://user:secret@host`: what stands between the slashes and the host. `git@` is nobody's secret. */
const userInfo = /:\/\/(?!git@)[^\s"/@\\]{1,300}@/g;

/** JSON in which no address carries a password. */
export const withoutUserInfo = (json: string): string => (json.includes('@') ? json.replace(userInfo, '://…@') : json);

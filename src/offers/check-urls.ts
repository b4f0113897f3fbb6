/**
 * A public base URL without its trailing slash: https, or http on this host, with an origin and perhaps a path. Undefined
 * for anything else.
 */
export function normalBaseUrl(text: string): string | undefined {
  const url = parseUrl(text, ['http:', 'https:'])
  if (url === undefined || /[?#]/.test(text) || hasCredentials(url)) return undefined
  if (url.protocol === 'http:' && !isThisHost(url.hostname)) return undefined
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}

/** The URL of a text with one of these protocols and its `//`, or undefined. */
export function parseUrl(text: string, protocols: readonly string[]): URL | undefined {
  const url = /^[a-z]+:\/\/\S+$/i.test(text) ? URL.parse(text) : null
  return url !== null && protocols.includes(url.protocol) ? url : undefined
}

/** True for a URL with a user name or password. */
export function hasCredentials({ username, password }: URL): boolean {
  return username !== '' || password !== ''
}

function isThisHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}

import { ObolError } from '../../errors/obol-error.ts'
import { SIGNER_ERRORS } from '../../errors/signer.ts'

/**
 * The base of a remote signer's URLs, without a trailing slash. Rejects (throws) with ObolError REMOTE_URL, which does not
 * quote what may hold a credential.
 */
export function remoteUrl(text: string): string {
  const refuse = (message: string): ObolError => new ObolError(SIGNER_ERRORS.REMOTE_URL, { message })
  if (!URL.canParse(text)) throw refuse('spec.signer.remote.url is not a URL')
  const { protocol, username, password, hostname, host, pathname, search, hash } = new URL(text)
  if (username !== '' || password !== '') {
    throw refuse(`the URL of the remote signer at ${host} holds credentials: use tokenFile or $REMOTE_SIGNER_TOKEN`)
  }
  if (search !== '' || hash !== '') throw refuse(`the URL of the remote signer at ${host} has a query or fragment`)
  if (protocol !== 'https:' && protocol !== 'http:') throw refuse(`the URL of the remote signer is ${protocol}`)
  if (protocol === 'http:' && !isLoopback(hostname)) {
    throw refuse(`the remote signer at ${host} is on another machine: only https may leave this one`)
  }
  return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`
}

/** The URL parser writes every IPv4 notation as four decimal numbers, so a pattern is enough. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

/** `namespace/name` of a Service, taken apart. Throws ObolError REMOTE_URL. */
export function serviceName(text: string): { readonly namespace: string; readonly service: string } {
  const [, namespace, service] =
    /^([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)\/([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)$/.exec(text) ?? []
  if (namespace !== undefined && service !== undefined) return { namespace, service }
  const message = 'spec.signer.remote.service is not namespace/name'
  throw new ObolError(SIGNER_ERRORS.REMOTE_URL, { message })
}

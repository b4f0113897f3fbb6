import { CLUSTER_ERRORS } from '../errors/cluster.ts'
import type { Descriptor } from '../errors/descriptor.ts'
import { ObolError } from '../errors/obol-error.ts'

/** Why no answer came. Only `lost` says nothing about whether the server acted; `response-timeout` neither. */
export type NetworkFailureKind =
  | 'refused'
  | 'dns'
  | 'unreachable'
  | 'connect-timeout'
  | 'response-timeout'
  | 'lost'
  | 'untrusted'
  | 'expired'
  | 'wrong-host'
  | 'tls'
  | 'not-http'
  | 'too-large'
  | 'interrupted'

export type NetworkFailure = { readonly kind: NetworkFailureKind; readonly cause: unknown }

const KIND_OF_CODE: Readonly<Record<string, NetworkFailureKind>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ETIMEDOUT: 'connect-timeout',
  ECONNRESET: 'lost',
  EPIPE: 'lost',
  ABORT_ERR: 'interrupted',
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'wrong-host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'untrusted',
  CERT_SIGNATURE_FAILURE: 'untrusted',
  CERT_UNTRUSTED: 'untrusted',
  CERT_REVOKED: 'untrusted',
  INVALID_CA: 'untrusted',
  EPROTO: 'tls',
  ERR_BUFFER_TOO_LARGE: 'too-large',
  // Ours, for time limits.
  OBOL_CONNECT_TIMEOUT: 'connect-timeout',
  OBOL_RESPONSE_TIMEOUT: 'response-timeout',
}

/** Which kind of failure an error of node:http, node:tls or node:zlib is. */
export function classifyNetworkFailure(cause: unknown): NetworkFailure {
  const code = errorCode(cause)
  const kind = KIND_OF_CODE[code]
  if (kind !== undefined) return { kind, cause }
  if (code.startsWith('HPE_')) return { kind: 'not-http', cause }
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) return { kind: 'tls', cause }
  // With several addresses for a name, Node gives one error for all of them.
  if (cause instanceof AggregateError && cause.errors.length > 0) return classifyNetworkFailure(cause.errors[0])
  return { kind: 'lost', cause }
}

function errorCode(cause: unknown): string {
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code
  return cause instanceof Error && cause.name === 'AbortError' ? 'ABORT_ERR' : ''
}

const DESCRIPTOR_OF_KIND: Readonly<Record<NetworkFailureKind, Descriptor>> = {
  refused: CLUSTER_ERRORS.CONNECTION_REFUSED,
  dns: CLUSTER_ERRORS.HOST_UNKNOWN,
  unreachable: CLUSTER_ERRORS.UNREACHABLE,
  'connect-timeout': CLUSTER_ERRORS.UNREACHABLE,
  'response-timeout': CLUSTER_ERRORS.RESPONSE_TIMEOUT,
  lost: CLUSTER_ERRORS.CONNECTION_LOST,
  untrusted: CLUSTER_ERRORS.CERTIFICATE_UNTRUSTED,
  expired: CLUSTER_ERRORS.CERTIFICATE_EXPIRED,
  'wrong-host': CLUSTER_ERRORS.CERTIFICATE_HOST,
  tls: CLUSTER_ERRORS.TLS_FAILED,
  'not-http': CLUSTER_ERRORS.NOT_KUBERNETES,
  'too-large': CLUSTER_ERRORS.RESPONSE_TOO_LARGE,
  interrupted: CLUSTER_ERRORS.INTERRUPTED,
}

export type FailureContext = {
  readonly context: string
  /** URL without credentials. */
  readonly server: string
  readonly method: string
  /** Without query. */
  readonly path: string
  readonly connectTimeoutMs: number
  readonly responseTimeoutMs: number
}

/** The error for the user; it names server, context and request, and the error code of the system. */
export function networkError(failure: NetworkFailure, at: FailureContext): ObolError {
  const code = errorCode(failure.cause)
  const seconds = (ms: number) => `${ms / 1000} s`
  const waited = {
    'connect-timeout': `no connection within ${seconds(at.connectTimeoutMs)}`,
    'response-timeout': `no answer within ${seconds(at.responseTimeoutMs)}`,
  }
  const limit = failure.kind === 'connect-timeout' || failure.kind === 'response-timeout' ? waited[failure.kind] : code
  const descriptor = DESCRIPTOR_OF_KIND[failure.kind]
  return new ObolError(descriptor, {
    message: `${descriptor.title} (${at.server})`,
    details: [`context ${at.context}: ${at.method} ${at.path}${limit === '' ? '' : `: ${limit}`}`],
    ...(failure.kind === 'response-timeout'
      ? { hint: `kubectl --context ${at.context} get --raw '/readyz?verbose'` }
      : {}),
    cause: failure.cause,
  })
}

import { CLUSTER_ERRORS } from '../errors/cluster.ts'
import type { Descriptor } from '../errors/descriptor.ts'
import { ObolError } from '../errors/obol-error.ts'
import type { JsonObject } from '../util/json.ts'
import { isJsonObject } from '../util/json.ts'
import { PermissionError, parseForbidden } from './permission-error.ts'
import type { HttpAnswer, HttpRequest } from './send-request.ts'

/** Where an answer came from, for error messages. */
export type AnswerOrigin = { readonly context: string; readonly server: string; readonly request: HttpRequest }

/** A decoded answer: a 2xx object, or a refusal with the server's Status (empty for a plain-text one). */
export type Decoded =
  | { readonly ok: true; readonly status: number; readonly object: JsonObject }
  | { readonly ok: false; readonly status: number; readonly message: string; readonly object: JsonObject }

/**
 * Decodes an answer. Throws ObolError NOT_KUBERNETES for what no API server says: HTML, torn JSON, a redirect; its body is
 * never shown.
 */
export function decodeAnswer(answer: HttpAnswer, origin: AnswerOrigin): Decoded {
  const { status, contentType, body } = answer
  // kube-apiserver sends the index of /openapi/v3, which is JSON, as text/plain.
  const isJson = contentType.includes('json') || (contentType === 'text/plain' && body.startsWith('{'))
  const object = isJson ? parseObject(body) : undefined
  if (object === undefined) {
    if (isWordless(answer, isJson)) return { ok: false, status, message: '', object: {} }
    const type = contentType === '' ? '(none)' : contentType
    const what = isJson ? `${type} that cannot be parsed, ${body.length} characters` : `content type ${type}`
    throw notKubernetes(answer, origin, what)
  }
  if (status >= 200 && status < 300) return { ok: true, status, object }
  const message = typeof object['message'] === 'string' ? object['message'] : ''
  return { ok: false, status, message, object }
}

/**
 * A refusal whose status says enough: a proxy's page for a server that is down, Go's plain `404 page not found`, or the
 * empty redirect to the current version of an OpenAPI document.
 */
function isWordless({ status, contentType, body }: HttpAnswer, isJson: boolean): boolean {
  if (status === 301) return isJson && body === ''
  return status >= 500 || status === 429 || (status >= 400 && !isJson && contentType === 'text/plain')
}

/** The error for a refusal that the caller did not expect. */
export function refusalError(refusal: Decoded & { readonly ok: false }, origin: AnswerOrigin): ObolError {
  const { status, message } = refusal
  if (status === 403) {
    const missing = parseForbidden(message)
    if (missing !== undefined) return new PermissionError(missing, origin.context)
  }
  const descriptor = descriptorOf(status)
  const [path = ''] = origin.request.path.split('?')
  return new ObolError(descriptor, {
    message: `${descriptor.title} (${origin.server})`,
    details: [
      `context ${origin.context}: ${origin.request.method} ${path}: HTTP ${status}`,
      ...(message === '' ? [] : [`the server says: ${message}`]),
    ],
    ...(status === 401 ? { hint: `kubectl --context ${origin.context} auth whoami` } : {}),
  })
}

function descriptorOf(status: number): Descriptor {
  if (status === 401) return CLUSTER_ERRORS.UNAUTHORIZED
  if (status === 403) return CLUSTER_ERRORS.REFUSED_BY_ADMISSION
  if (status === 404) return CLUSTER_ERRORS.NOT_SERVED
  if (status === 429) return CLUSTER_ERRORS.TOO_MANY_REQUESTS
  return status >= 500 ? CLUSTER_ERRORS.SERVER_FAILED : CLUSTER_ERRORS.UNEXPECTED_STATUS
}

function notKubernetes(answer: HttpAnswer, { context, server, request }: AnswerOrigin, what: string): ObolError {
  const [path = ''] = request.path.split('?')
  return new ObolError(CLUSTER_ERRORS.NOT_KUBERNETES, {
    message: `${CLUSTER_ERRORS.NOT_KUBERNETES.title} (${server})`,
    details: [`context ${context}: ${request.method} ${path}: HTTP ${answer.status}, ${what}`],
  })
}

function parseObject(body: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

import type { JsonArray, JsonObject } from '../util/json.ts'

/** A cause of a 422: `message` as it stands in `details.causes[]`, `field` as a path without a leading dot. */
export type Cause = { readonly reason: string; readonly message: string; readonly field: string }

/** What a Status is about: `widgets` or `Widget` with its group; the name where one is known. */
export type About = { readonly group: string; readonly kind: string; readonly name?: string }

/**
 * A request the server does not carry out; `status` is the body that goes out. Thrown by handlers, because a refusal
 * may come from any depth of the write path and always ends the request; the router turns it into the answer.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: number
  readonly status: JsonObject
  /** What the decoding of the body warned of before the refusal. */
  warnings: readonly string[] = []

  constructor(code: number, reason: string | undefined, message: string, details?: JsonObject) {
    super(message)
    this.code = code
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason === undefined ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    }
  }
}

/** Runs the rest of a write after its body is decoded: a refusal carries the decoding's warnings out as well. */
export function carrying<T>(warnings: readonly string[], run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof Refusal) error.warnings = warnings
    throw error
  }
}

export function badRequest(message: string): Refusal {
  return new Refusal(400, 'BadRequest', message)
}

export function unauthorized(): Refusal {
  return new Refusal(401, 'Unauthorized', 'Unauthorized')
}

export function forbidden(about: About, why: string): Refusal {
  return new Refusal(403, 'Forbidden', `${subject(about)} is forbidden: ${why}`, details(about))
}

export function notFound(about: About): Refusal {
  return new Refusal(404, 'NotFound', `${subject(about)} not found`, details(about))
}

/** 404 of a path below a served group version that names no resource. */
export function noSuchResource(): Refusal {
  return new Refusal(404, 'NotFound', 'the server could not find the requested resource', {})
}

export function methodNotAllowed(): Refusal {
  return new Refusal(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})
}

export function notAcceptable(): Refusal {
  const types = 'application/json, application/yaml, application/vnd.kubernetes.protobuf'
  return new Refusal(406, 'NotAcceptable', `only the following media types are accepted: ${types}`)
}

export function alreadyExists(about: About): Refusal {
  return new Refusal(409, 'AlreadyExists', `${subject(about)} already exists`, details(about))
}

export function conflict(about: About, why: string): Refusal {
  return new Refusal(409, 'Conflict', `Operation cannot be fulfilled on ${subject(about)}: ${why}`, details(about))
}

/** 409 of a write that carries an old resourceVersion. */
export function modified(about: About): Refusal {
  const why = 'the object has been modified; please apply your changes to the latest version and try again'
  return conflict(about, why)
}

/** 410 of a list or watch that starts before what is remembered. */
export function expired(message: string): Refusal {
  return new Refusal(410, 'Expired', message)
}

export function unsupportedMediaType(accepted: readonly string[]): Refusal {
  const types = accepted.join(', ')
  const message = `the body of the request was in an unknown format - accepted media types include: ${types}`
  return new Refusal(415, 'UnsupportedMediaType', message)
}

/** 422 with every cause; the message lists them as the real server does. */
export function invalid(about: About, causes: readonly Cause[]): Refusal {
  // A cause that two checks report is listed twice, but told once.
  const lines = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))]
  const list = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`
  const name = about.name ?? ''
  const head = about.kind === '' ? '' : qualified(about)
  const items: JsonArray = causes.map((cause) => ({ ...cause }))
  return new Refusal(422, 'Invalid', `${head} ${JSON.stringify(name)} is invalid: ${list}`, {
    ...details(about),
    causes: items,
  })
}

/** 422 of a JSON Patch that does not fit the object. */
export function unprocessable(): Refusal {
  return new Refusal(422, 'Invalid', 'the server rejected our request due to an error in our request', {})
}

/** 500 without a reason: what the real server answers when a value does not fit its type. */
export function internal(message: string): Refusal {
  return new Refusal(500, undefined, message)
}

/** 501 of what a real cluster can do and the sandbox cannot: named, never a silent difference. */
export function notImplemented(what: string): Refusal {
  return new Refusal(501, 'NotImplemented', `the obol sandbox does not support ${what}; use a real cluster for that`)
}

function qualified(about: About): string {
  return about.group === '' ? about.kind : `${about.kind}.${about.group}`
}

function subject(about: About): string {
  return about.name === undefined ? qualified(about) : `${qualified(about)} ${JSON.stringify(about.name)}`
}

function details(about: About): JsonObject {
  return {
    ...(about.name === undefined || about.name === '' ? {} : { name: about.name }),
    ...(about.group === '' ? {} : { group: about.group }),
    ...(about.kind === '' ? {} : { kind: about.kind }),
  }
}

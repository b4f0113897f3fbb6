import { request } from 'node:https'
import type { JsonValue } from '../../src/util/json.ts'
import { canonicalJson as canonical, isJsonArray, isJsonObject } from '../../src/util/json.ts'

/** One request of a session; `body` that is not a string is sent as JSON. */
export type Step = {
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly as?: 'admin' | 'reader' | 'nobody'
  readonly contentType?: string
  readonly accept?: string
  readonly body?: JsonValue
  /** Sent, but its answer is not recorded (preparation, or what the servers may differ in). */
  readonly unrecorded?: boolean
  /** Repeat until the answer has this status code (a CRD becomes served a moment after it is created). */
  readonly until?: number
  /** Repeat until the answer's text matches (a controller writes status a moment later). */
  readonly untilText?: RegExp
}

export type Session = { readonly name: string; readonly steps: readonly Step[] }

/** A server to run sessions against. */
export type Target = { readonly url: string; readonly adminToken: string; readonly readerToken: string }

/** What came back, with everything that differs between two servers replaced by a name. */
export type Exchange = {
  readonly name: string
  readonly request: string
  readonly code: number
  readonly contentType: string
  readonly warnings?: readonly string[]
  readonly body: JsonValue
}

export type Answer = {
  readonly code: number
  readonly contentType: string
  readonly warnings: readonly string[]
  readonly text: string
}

/** SIDE EFFECTS: one request. */
export function send(target: Target, step: Step, path = step.path): Promise<Answer> {
  const token = step.as === 'nobody' ? 'not-a-token' : step.as === 'reader' ? target.readerToken : target.adminToken
  const headers: Record<string, string> = {
    authorization: `Bearer ${token}`,
    accept: step.accept ?? 'application/json',
  }
  const payload =
    step.body === undefined ? undefined : typeof step.body === 'string' ? step.body : JSON.stringify(step.body)
  if (payload !== undefined) {
    headers['content-type'] = step.contentType ?? 'application/json'
    // Node sends neither length nor chunks with a DELETE of its own accord.
    headers['content-length'] = String(Buffer.byteLength(payload))
  }
  return new Promise((resolve, reject) => {
    const sent = request(`${target.url}${path}`, { method: step.method, headers, rejectUnauthorized: false }, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('error', reject)
      res.on('end', () =>
        resolve({
          code: res.statusCode ?? 0,
          contentType: res.headers['content-type'] ?? '',
          warnings: headerList(res.headers['warning']),
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      )
    })
    sent.on('error', reject)
    sent.end(payload)
  })
}

/** Runs the steps in order and returns the recorded ones, normalised. SIDE EFFECTS: the session's requests. */
export async function runSession(target: Target, session: Session): Promise<readonly Exchange[]> {
  const names = new Map<string, string>()
  const raw = new Map<string, string>()
  const exchanges: Exchange[] = []
  for (const step of session.steps) {
    // `{rv:NAME/OF/OBJECT}` and `{uid:…}` stand for values of an earlier answer.
    const fill = (text: string): string => text.replace(/\{(rv|uid)\}/g, (all, key: string) => raw.get(key) ?? all)
    const body =
      step.body === undefined ? undefined : fill(typeof step.body === 'string' ? step.body : JSON.stringify(step.body))
    const filled: Step = body === undefined ? step : { ...step, body }
    const answer = await sendUntil(target, filled)
    const parsed = parse(answer)
    remember(raw, parsed)
    if (step.unrecorded === true) continue
    exchanges.push({
      name: step.name,
      request: `${step.method} ${step.path}`,
      code: answer.code,
      contentType: answer.contentType,
      ...(answer.warnings.length === 0 ? {} : { warnings: answer.warnings }),
      body: sortCauses(normalise(parsed, names)),
    })
  }
  return exchanges
}

async function sendUntil(target: Target, step: Step): Promise<Answer> {
  for (let tries = 0; ; tries++) {
    const answer = await send(target, step)
    const isThere = answer.code === (step.until ?? answer.code) && (step.untilText?.test(answer.text) ?? true)
    if (isThere || tries === 100) return answer
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function parse(answer: Answer): JsonValue {
  if (!answer.contentType.startsWith('application/json')) return answer.text
  const value: JsonValue = JSON.parse(answer.text)
  return value
}

function remember(raw: Map<string, string>, body: JsonValue): void {
  if (!isJsonObject(body) || !isJsonObject(body['metadata'])) return
  const { uid, resourceVersion } = body['metadata']
  if (typeof uid === 'string') raw.set('uid', uid)
  if (typeof uid === 'string' && typeof resourceVersion === 'string') raw.set('rv', resourceVersion)
}

const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g
const QUOTED_VERSION = /(resourceVersion\\*":\\*")\d+/g
const CLUSTER_IP = /^10\.\d+\.\d+\.\d+$/
const UID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g

/** Replaces uids, times, resource versions and addresses; equal values get equal names, in order of appearance. */
function normalise(value: JsonValue, names: Map<string, string>, key = '', inList = false): JsonValue {
  if (typeof value === 'string') return normaliseText(value, names, key, inList)
  // The cells of a Service's table row.
  if (key === 'cells' && isJsonArray(value)) return value.map((cell) => normalise(cell, names, 'clusterIP', inList))
  if (isJsonArray(value)) {
    const items = value.map((item) => normalise(item, names, key, inList))
    // In the order of their times, which depends on when the clock's second turns.
    return key === 'managedFields' ? items.toSorted((a, b) => (canonical(a) < canonical(b) ? -1 : 1)) : items
  }
  if (key === 'nodePort' && typeof value === 'number') return '<port>'
  if (!isJsonObject(value)) return value
  // What a column is about is prose of the Go types.
  if (key === 'columnDefinitions') return { ...value, description: '<text>' }
  const listMeta = key === '' && isJsonArray(value['items'])
  return Object.fromEntries(
    Object.entries(value).map(([k, v]) => [k, normalise(v, names, k, inList || (listMeta && k === 'metadata'))]),
  )
}

/** The real server collects causes from maps, in an order of its own each time. */
function sortCauses(body: JsonValue): JsonValue {
  if (!isJsonObject(body) || body['kind'] !== 'Status' || !isJsonObject(body['details'])) return body
  const { message, details } = body
  const causes = details['causes']
  if (!isJsonArray(causes) || causes.length < 2 || typeof message !== 'string') return body
  const sorted = causes.toSorted((a, b) => (canonical(a) < canonical(b) ? -1 : 1))
  const start = message.indexOf('is invalid: [')
  if (start < 0) return { ...body, details: { ...details, causes: sorted } }
  const parts = sorted.map((cause) => (isJsonObject(cause) ? `${cause['field']}: ${cause['message']}` : ''))
  if (!parts.every((part) => message.includes(part))) return body
  const head = message.slice(0, start)
  return { ...body, message: `${head}is invalid: [${parts.join(', ')}]`, details: { ...details, causes: sorted } }
}

function normaliseText(text: string, names: Map<string, string>, key: string, inList: boolean): string {
  if (key === 'resourceVersion') return inList ? '<rv>' : named(names, 'rv', text)
  if (key === 'continue') return text === '' ? '' : '<continue>'
  if (key === 'clusterIP' || key === 'clusterIPs')
    return text
      .replace(CLUSTER_IP, '<ip>')
      .replace(TIME, '<time>')
      .replace(/^\d+s$/, '<age>')
  const quoted = sortQuoted(text)
    .replace(QUOTED_VERSION, '$1<rv>')
    .replace(/record \(\d+\)/, 'record (<rv>)')
  return quoted.replace(TIME, '<time>').replace(UID, (uid) => named(names, 'uid', uid))
}

/** The object that a refused patch made, quoted in the message: Go and JavaScript write its keys in another order. */
function sortQuoted(text: string): string {
  return text.replace(
    /(patch: )?(Invalid value: )("\{.*\}")(?=: )/,
    (all, head = '', words: string, quoted: string) => {
      const value: unknown = JSON.parse(JSON.parse(quoted))
      return isJsonObject(value) ? `${head}${words}${JSON.stringify(canonical(value))}` : all
    },
  )
}

function named(names: Map<string, string>, prefix: string, value: string): string {
  const key = `${prefix}:${value}`
  const known = names.get(key)
  if (known !== undefined) return known
  const count = [...names.keys()].filter((k) => k.startsWith(`${prefix}:`)).length + 1
  const name = `<${prefix}${count}>`
  names.set(key, name)
  return name
}

function headerList(header: string | string[] | undefined): readonly string[] {
  if (header === undefined) return []
  return Array.isArray(header) ? header : [header]
}

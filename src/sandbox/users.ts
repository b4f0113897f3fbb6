import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { JsonObject } from '../util/json.ts'

/** What a user may do, as in a Role: `*` matches all. A rule without a namespace holds in all of them. */
export type PolicyRule = {
  readonly verbs: readonly string[]
  readonly apiGroups: readonly string[]
  /** Plural names, `services/status` for a subresource. */
  readonly resources: readonly string[]
  readonly namespace?: string
}

export type User = { readonly name: string; readonly token: string; readonly rules: readonly PolicyRule[] }

/** The attributes of a request that decide whether it is allowed. */
export type Access = {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
}

const EVERYTHING: PolicyRule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }
const READ_ONLY: PolicyRule = { verbs: ['get', 'list', 'watch'], apiGroups: ['*'], resources: ['*'] }

/**
 * The users of a sandbox: `admin` may do everything, `reader` may get, list and watch everything, `extra` as given.
 * Tokens are random per start. SIDE EFFECTS: takes random bytes.
 */
export function createUsers(
  extra: readonly { readonly name: string; readonly rules: readonly PolicyRule[] }[],
): readonly User[] {
  const definitions = [{ name: 'admin', rules: [EVERYTHING] }, { name: 'reader', rules: [READ_ONLY] }, ...extra]
  return definitions.map((user) => ({ ...user, token: randomBytes(32).toString('base64url') }))
}

/** Who sent the request: a user, `anonymous` without credentials, or undefined for a token that nobody has. */
export function authenticate(
  users: readonly User[],
  authorization: string | undefined,
): User | 'anonymous' | undefined {
  if (authorization === undefined || authorization === '') return 'anonymous'
  const [scheme, token = ''] = authorization.split(' ')
  if (scheme?.toLowerCase() !== 'bearer') return undefined
  const digest = sha256(token)
  return users.find((user) => timingSafeEqual(sha256(user.token), digest))
}

export function isAllowed(user: User, access: Access): boolean {
  const resource = access.subresource === undefined ? access.resource : `${access.resource}/${access.subresource}`
  return user.rules.some(
    (rule) =>
      matches(rule.verbs, access.verb) &&
      matches(rule.apiGroups, access.group) &&
      matches(rule.resources, resource) &&
      (rule.namespace === undefined || rule.namespace === access.namespace),
  )
}

/** The real server's words: `User "reader" cannot patch resource "widgets" in API group "x" in the namespace "y"`. */
export function denial(user: User, access: Access): string {
  const resource = access.subresource === undefined ? access.resource : `${access.resource}/${access.subresource}`
  const where = access.namespace === undefined ? 'at the cluster scope' : `in the namespace "${access.namespace}"`
  return `User ${JSON.stringify(user.name)} cannot ${access.verb} resource "${resource}" in API group "${access.group}" ${where}`
}

/** A kubeconfig with one cluster and one context per user; the first user's context is the current one. */
export function kubeconfig(
  users: readonly User[],
  cluster: { readonly name: string; readonly url: string; readonly caPem: string },
): JsonObject {
  const contexts = users.map((user) => ({
    name: contextName(cluster.name, user, users),
    context: { cluster: cluster.name, user: user.name },
  }))
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: cluster.name,
        cluster: {
          server: cluster.url,
          'certificate-authority-data': Buffer.from(cluster.caPem, 'utf8').toString('base64'),
        },
      },
    ],
    users: users.map((user) => ({ name: user.name, user: { token: user.token } })),
    contexts,
    'current-context': contexts[0]?.name ?? '',
  }
}

function contextName(cluster: string, user: User, users: readonly User[]): string {
  return user === users[0] ? cluster : `${cluster}-${user.name}`
}

function matches(allowed: readonly string[], value: string): boolean {
  return allowed.includes('*') || allowed.includes(value)
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

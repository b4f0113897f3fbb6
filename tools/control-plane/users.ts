import { randomBytes } from 'node:crypto'
import type { JsonObject } from '../../src/util/json.ts'

/**
 * Who may log in with a token: `admin` does everything, `reader` gets and lists everything and writes nothing, `planner`
 * gets and lists only what an offer is made of, in the namespace `default`; `nobody` has no rights beyond discovery.
 */
export const TOKEN_USERS = ['admin', 'reader', 'planner', 'nobody'] as const
export type TokenUser = (typeof TOKEN_USERS)[number]

/** `admin-certificate` is an administrator with a client certificate instead of a token. */
export type User = TokenUser | 'admin-certificate'

export type Tokens = Readonly<Record<TokenUser, string>>

/** A new token for each user; nothing else knows them. */
export function newTokens(): Tokens {
  const token = () => randomBytes(24).toString('hex')
  return { admin: token(), reader: token(), planner: token(), nobody: token() }
}

/** The text of kube-apiserver's --token-auth-file. */
export function tokenFile(tokens: Tokens): string {
  const lines = TOKEN_USERS.map((user) => {
    const group = user === 'admin' ? ',"system:masters"' : ''
    return `${tokens[user]},${user},${user}${group}`
  })
  return `${lines.join('\n')}\n`
}

/** The RBAC objects behind the users, each with the path to POST it to. */
export function userRoles(): readonly { readonly path: string; readonly body: JsonObject }[] {
  const rbac = '/apis/rbac.authorization.k8s.io/v1'
  const inDefault = `${rbac}/namespaces/default`
  const everything = [
    { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list'] },
    { nonResourceURLs: ['*'], verbs: ['get'] },
  ]
  const offersOnly = [
    { apiGroups: [''], resources: ['services', 'endpoints'], verbs: ['get', 'list'] },
    { apiGroups: ['obol.org'], resources: ['serviceoffers'], verbs: ['get', 'list'] },
  ]
  return [
    { path: `${rbac}/clusterroles`, body: role('ClusterRole', 'obol-test:reader', everything) },
    { path: `${rbac}/clusterrolebindings`, body: binding('ClusterRole', 'obol-test:reader', 'reader') },
    { path: `${inDefault}/roles`, body: role('Role', 'obol-test:planner', offersOnly) },
    { path: `${inDefault}/rolebindings`, body: binding('Role', 'obol-test:planner', 'planner') },
  ]
}

export type KubeconfigOptions = {
  readonly server: string
  readonly ca: string
  readonly user: User
  readonly credentials: { readonly token: string } | { readonly cert: string; readonly key: string }
}

/** A kubeconfig with one context, named `obol-test`, everything inline; JSON, which is YAML. */
export function kubeconfigText({ server, ca, user, credentials }: KubeconfigOptions): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const login =
    'token' in credentials
      ? { token: credentials.token }
      : { 'client-certificate-data': base64(credentials.cert), 'client-key-data': base64(credentials.key) }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'obol-test',
    contexts: [{ name: 'obol-test', context: { cluster: 'obol-test', user } }],
    clusters: [{ name: 'obol-test', cluster: { server, 'certificate-authority-data': base64(ca) } }],
    users: [{ name: user, user: login }],
  }
  return `${JSON.stringify(config, undefined, 2)}\n`
}

const RBAC_VERSION = { apiVersion: 'rbac.authorization.k8s.io/v1' } as const

function role(kind: 'ClusterRole' | 'Role', name: string, rules: JsonObject[]): JsonObject {
  return { ...RBAC_VERSION, kind, metadata: { name }, rules }
}

function binding(roleKind: 'ClusterRole' | 'Role', name: string, user: TokenUser): JsonObject {
  return {
    ...RBAC_VERSION,
    kind: `${roleKind}Binding`,
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: roleKind, name },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  }
}

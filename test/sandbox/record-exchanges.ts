import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import type { JsonObject } from '../../src/util/json.ts'
import { runSession, send } from './exchange.ts'
import { SESSIONS } from './sessions/sessions.ts'

/**
 * Records the sessions against a real kube-apiserver into test/fixtures/status-bodies/.
 * `node test/sandbox/record-exchanges.ts --url https://127.0.0.1:6443 --admin TOKEN --reader TOKEN [session…]`
 * where the user `reader` exists without rights.
 * SIDE EFFECTS: creates and deletes objects on that server; writes the fixtures.
 */
const { values, positionals } = parseArgs({
  options: { url: { type: 'string' }, admin: { type: 'string' }, reader: { type: 'string' }, out: { type: 'string' } },
  allowPositionals: true,
})
const target = { url: values.url ?? '', adminToken: values.admin ?? '', readerToken: values.reader ?? '' }

for (const [path, body] of readerRole()) {
  await send(target, { name: 'reader role', method: 'POST', path: `/apis/rbac.authorization.k8s.io/v1/${path}`, body })
}
for (const session of SESSIONS) {
  if (positionals.length > 0 && !positionals.includes(session.name)) continue
  const exchanges = await runSession(target, session)
  const file =
    values.out === undefined
      ? new URL(`../fixtures/status-bodies/${session.name}.json`, import.meta.url)
      : `${values.out}/${session.name}.json`
  await writeFile(file, `${JSON.stringify(exchanges, null, 1)}\n`)
  console.error(`${session.name}: ${exchanges.length} exchanges`)
}

function readerRole(): readonly (readonly [string, JsonObject])[] {
  const metadata = { name: 'reader' }
  const apiVersion = 'rbac.authorization.k8s.io/v1'
  const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] }]
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader' }
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'reader' }]
  return [
    ['clusterroles', { apiVersion, kind: 'ClusterRole', metadata, rules }],
    ['clusterrolebindings', { apiVersion, kind: 'ClusterRoleBinding', metadata, roleRef, subjects }],
  ]
}

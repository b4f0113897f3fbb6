import assert from 'node:assert/strict'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { ControlPlane } from '../../tools/control-plane/start.ts'
import { forEachRealServer } from '../support/control-plane.ts'
import { codesIn, openWorkspace, seen } from './shop.ts'

const MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: m, namespace: default }\ndata: { a: b }\n'
const CANARY = 'CanaryRealServer7x'

/** A kubeconfig of the server with another way to log in; YAML, so that JSON may stand in it. */
function kubeconfig(plane: ControlPlane, folder: string, user: string): string {
  const ca = readFileSync(plane.caFile).toString('base64')
  const file = join(folder, 'login.kubeconfig')
  writeFileSync(
    file,
    `apiVersion: v1
kind: Config
current-context: c
contexts: [{ name: c, context: { cluster: c, user: u } }]
clusters: [{ name: c, cluster: { server: "${plane.url}", certificate-authority-data: ${ca} } }]
users: [{ name: u, user: ${user} }]
`,
  )
  return file
}

forEachRealServer((_, plane) => {
  test('default: a client certificate', async (t) => {
    const workspace = openWorkspace(t, { 'offers/hello.yaml': MAP })
    const login = ['--kubeconfig', plane().kubeconfig('admin-certificate')]
    const run = await workspace.obol(['apply', '--yes', ...login])
    assert.equal(run.exitCode, 0, seen(run))
    assert.equal((await workspace.obol(['plan', '--exit-code', ...login])).exitCode, 0)
  })

  test('default: a login command, found beside its kubeconfig, asked once for a whole apply', async (t) => {
    const workspace = openWorkspace(t, { 'offers/hello.yaml': MAP })
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: plane().adminToken },
    }
    // It answers only when it is asked as kubectl asks, and counts.
    const script = `#!/bin/sh
case "$KUBERNETES_EXEC_INFO" in *ExecCredential*) ;; *) exit 1 ;; esac
[ "$1 $SHOP" = "login here" ] || exit 1
echo x >> '${join(workspace.folder, 'asked')}'
cat <<'END'
${JSON.stringify(credential)}
END
`
    chmodSync(workspace.write('login.sh', script), 0o755)
    const exec = {
      apiVersion: credential.apiVersion,
      command: './login.sh',
      args: ['login'],
      env: [{ name: 'SHOP', value: 'here' }],
      interactiveMode: 'Never',
    }
    const file = kubeconfig(plane(), workspace.folder, JSON.stringify({ exec }))
    const run = await workspace.obol(['apply', '--yes', '--kubeconfig', file], {
      cwd: '/',
      env: { OBOL_WORKSPACE: workspace.folder },
    })
    assert.equal(run.exitCode, 0, seen(run))
    assert.equal(readFileSync(join(workspace.folder, 'asked'), 'utf8'), 'x\n')
    assert.ok(!seen(run).includes(plane().adminToken))
  })

  test('error: a login command that fails, is not there, or brings a token that nobody knows', async (t) => {
    const workspace = openWorkspace(t, { 'offers/hello.yaml': MAP })
    const token = `{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"${CANARY}"}}`
    for (const [name, script, code] of [
      ['fails', `echo ${CANARY}; echo ${CANARY} >&2; exit 3`, 'OBOL-K010'],
      ['missing', undefined, 'OBOL-K010'],
      ['unknown', `echo '${token}'`, 'OBOL-K030'],
    ] as const) {
      if (script !== undefined) chmodSync(workspace.write(name, `#!/bin/sh\n${script}\n`), 0o755)
      const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: `./${name}`, interactiveMode: 'Never' }
      const file = kubeconfig(plane(), workspace.folder, JSON.stringify({ exec }))
      const run = await workspace.obol(['apply', '--yes', '--kubeconfig', file], { env: { OBOL_DEBUG: '1' } })
      assert.deepEqual([run.exitCode, codesIn(run.stderr)], [1, [code]], seen(run))
      assert.ok(!seen(run).includes(CANARY), seen(run))
    }
    assert.equal(workspace.journal(), '')
  })

  test('error: missing permissions, named', async (t) => {
    const workspace = openWorkspace(t, { 'offers/hello.yaml': MAP })
    const plan = await workspace.obol(['plan', '--kubeconfig', plane().kubeconfig('planner')])
    assert.deepEqual([plan.exitCode, codesIn(plan.stderr)], [1, ['OBOL-K031']])
    assert.match(plan.stderr, /may not get configmaps in namespace default/)
    workspace.write('offers/hello.yaml', MAP.replace('name: m', 'name: not-yet'))
    const apply = await workspace.obol(['apply', '--yes', '--kubeconfig', plane().kubeconfig('reader')])
    assert.equal(apply.exitCode, 1)
    assert.match(apply.stdout, /OBOL-K031.*may not patch configmaps in namespace default/)
  })

  test('error: Secrets that the server refuses, without their content, and without waiting', async (t) => {
    const encoded = Buffer.from(`not JSON ${CANARY}`).toString('base64')
    const bodies = {
      'not-base64': `data: { k: "${CANARY} is not base64!" }`,
      docker: `type: kubernetes.io/dockerconfigjson\ndata: { .dockerconfigjson: "${encoded}" }`,
      tls: `type: kubernetes.io/tls\nstringData: { tls.crt: "${CANARY}" }`,
      'bad-key': `stringData: { "bad key!": "${CANARY}" }`,
      mapping: `stringData: { k: { a: "${CANARY}" } }`,
      text: `data: "${CANARY}"`,
    }
    const files = Object.entries(bodies).map(
      ([name, body]) => `apiVersion: v1\nkind: Secret\nmetadata: { name: ${name}, namespace: default }\n${body}\n`,
    )
    const workspace = openWorkspace(t, { 'offers/hello.yaml': files.join('---\n') })
    const login = ['--kubeconfig', plane().kubeconfig('admin')]
    const texts = [workspace.journal()]
    for (const args of [['plan'], ['plan', '--verify=server'], ['apply', '--yes'], ['apply', '--yes', '--json']]) {
      const run = await workspace.obol([...args, ...login], { env: { OBOL_DEBUG: '1' } })
      assert.equal(run.exitCode, 1, seen(run))
      texts.push(seen(run), workspace.journal())
    }
    for (const text of texts) {
      assert.ok(!text.includes(CANARY) && !text.includes(encoded), text)
    }
    const codes = codesIn(texts[5] ?? '')
    assert.deepEqual(codes.toSorted(), ['OBOL-A005', 'OBOL-P006'], texts[5])
    assert.ok(existsSync(join(workspace.folder, 'state', 'journal.jsonl')))
  })
})

import assert from 'node:assert/strict'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { connect as connectTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { TLSSocket } from 'node:tls'
import { authenticate } from '../../src/cluster/authenticate.ts'
import { loginThroughClientNode } from '../../src/cluster/login-through-client-node.ts'
import { CLUSTER_ERRORS } from '../../src/errors/cluster.ts'
import { createAuthority } from '../../tools/control-plane/create-authority.ts'
import { CONFIG_MAPS, connect, listen, obolError, sendJson, sendStatus, startFakeApi, targetOf } from './fake-api.ts'

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'obol-login-'))
  t.after(() => rm(folder, { recursive: true }))
  return folder
}

/** A login command that counts its runs, keeps what it was told, and gives a new token each time. */
async function loginCommand(
  t: TestContext,
  body: string,
): Promise<{ readonly command: string; readonly folder: string }> {
  const folder = await folderFor(t)
  const command = join(folder, 'login')
  await writeFile(command, `#!${process.execPath}\n${body}`)
  await chmod(command, 0o700)
  return { command, folder }
}

const URL_OF_NOBODY = 'https://127.0.0.1:1'
const base64 = (text: string) => Buffer.from(text).toString('base64')

test('default: a token is a bearer header and is not loaded through client-node', async () => {
  const { headers, tls } = await authenticate(
    targetOf(URL_OF_NOBODY, { cluster: { caData: base64(createAuthority('x').cert) } }),
  )
  assert.deepEqual(headers, { authorization: 'Bearer secret-token' })
  assert.match(String(tls.ca), /BEGIN CERTIFICATE/)
})

test('behavior: client-node reads the same certificates, keys and server names from the same user', async () => {
  const authority = createAuthority('x')
  const { cert, key } = authority.issueClient({ commonName: 'u' })
  const target = targetOf(URL_OF_NOBODY, {
    cluster: { caData: base64(authority.cert), tlsServerName: 'inner', skipTlsVerify: false },
    user: { certData: base64(cert), keyData: base64(key) },
  })
  const ours = await authenticate(target)
  const theirs = await loginThroughClientNode({ target, tls: ours.tls })
  assert.equal(String(theirs.tls.cert), ours.tls.cert)
  assert.equal(String(theirs.tls.key), ours.tls.key)
  assert.equal(theirs.tls.servername, 'inner')
})

test('behavior: a token file is read anew when the server no longer knows the token', async (t) => {
  const tokenFile = join(await folderFor(t), 'token')
  await writeFile(tokenFile, 'old\n')
  const api = await startFakeApi(t, (request, response) => {
    if (request.headers.authorization === 'Bearer new') sendJson(response, 200, { gitVersion: 'v1' })
    else sendStatus(response, 401, 'Unauthorized', 'Unauthorized')
  })
  const cluster = await connect(t, targetOf(api.url, { user: { tokenFile } }))
  await writeFile(tokenFile, 'new\n')
  assert.equal(await cluster.version(), 'v1')
  assert.equal(await cluster.version(), 'v1')
  assert.equal(api.requests.length, 3)
})

test('behavior: basic auth, credentials in the URL, and impersonation', async (t) => {
  const seen: unknown[] = []
  const api = await startFakeApi(t, ({ headers }, response) => {
    seen.push([
      headers.authorization,
      headers['impersonate-user'],
      headers['impersonate-group'],
      headers['impersonate-extra-a%2fb'],
    ])
    sendJson(response, 200, { gitVersion: 'v1' })
  })
  const anonymous = { name: 'u' }
  const withUser = async (user: object, url = api.url) => {
    const { token: _, ...bare } = targetOf(url).user
    const cluster = await connect(t, { ...targetOf(url), user: { ...bare, ...anonymous, ...user } })
    return cluster.version()
  }
  await withUser({ username: 'u', password: 'p' })
  await withUser({}, api.url.replace('//', '//v:w%40@'))
  await withUser({ token: 't', impersonate: { user: 'other', groups: ['g', 'h'], extra: new Map([['a/b', ['x']]]) } })
  assert.deepEqual(seen, [
    [`Basic ${base64('u:p')}`, undefined, undefined, undefined],
    [`Basic ${base64('v:w@')}`, undefined, undefined, undefined],
    ['Bearer t', 'other', 'g, h', 'x'],
  ])
})

test('behavior: an exec plugin runs once, is told of the cluster, and runs again on 401', async (t) => {
  const { command, folder } = await loginCommand(
    t,
    `const fs = require('node:fs')
     fs.appendFileSync(__dirname + '/runs', process.argv[2] + process.env.EXTRA + '\\n')
     fs.writeFileSync(__dirname + '/info', process.env.KUBERNETES_EXEC_INFO)
     const token = 'run-' + fs.readFileSync(__dirname + '/runs', 'utf8').trim().split('\\n').length
     console.log(JSON.stringify({ kind: 'ExecCredential', status: { token } }))`,
  )
  const api = await startFakeApi(t, (request, response, count) => {
    const expected = count <= 2 ? 'Bearer run-1' : 'Bearer run-2'
    if (request.headers.authorization === expected) sendJson(response, 200, { gitVersion: 'v1' })
    else sendStatus(response, 401, 'Unauthorized', 'Unauthorized')
  })
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1beta1',
    ...{ command, args: ['arg'], env: [{ name: 'EXTRA', value: '-env' }], provideClusterInfo: true },
  }
  const { token: _, ...user } = targetOf(api.url).user
  const cluster = await connect(t, { ...targetOf(api.url), user: { ...user, exec } })
  await cluster.version()
  await cluster.version()
  // From here on only the second token is good; requests that fail together renew it once.
  await Promise.all([cluster.version(), cluster.version(), cluster.version()])
  assert.equal(await readFile(join(folder, 'runs'), 'utf8'), 'arg-env\narg-env\n')
  const info: unknown = JSON.parse(await readFile(join(folder, 'info'), 'utf8'))
  assert.partialDeepStrictEqual(info, {
    apiVersion: exec.apiVersion,
    spec: { interactive: false, cluster: { server: api.url } },
  })
})

test('behavior: a login that fails on 401 is tried again by the next request', async (t) => {
  const { command } = await loginCommand(
    t,
    `const fs = require('node:fs')
     fs.appendFileSync(__dirname + '/runs', 'x')
     const runs = fs.readFileSync(__dirname + '/runs', 'utf8').length
     if (runs === 2) process.exit(1)
     console.log(JSON.stringify({ kind: 'ExecCredential', status: { token: 'run-' + runs } }))`,
  )
  const api = await startFakeApi(t, (request, response) => {
    if (request.headers.authorization === 'Bearer run-3') sendJson(response, 200, { gitVersion: 'v1' })
    else sendStatus(response, 401, 'Unauthorized', 'Unauthorized')
  })
  const { token: _, ...user } = targetOf(api.url).user
  const cluster = await connect(t, { ...targetOf(api.url), user: { ...user, exec: { command } } })
  await assert.rejects(cluster.version(), obolError(CLUSTER_ERRORS.EXEC_PLUGIN_FAILED.code))
  assert.equal(await cluster.version(), 'v1')
})

test('behavior: a client certificate, and its authority, from files', async (t) => {
  const folder = await folderFor(t)
  const authority = createAuthority('test')
  const client = authority.issueClient({ commonName: 'alice' })
  await Promise.all([
    writeFile(join(folder, 'ca'), authority.cert),
    writeFile(join(folder, 'cert'), client.cert),
    writeFile(join(folder, 'key'), client.key),
  ])
  const serving = { ...authority.issueServer(), ca: authority.cert, requestCert: true }
  const api = await startFakeApi(
    t,
    ({ socket }, response) => {
      const name = socket instanceof TLSSocket ? socket.getPeerCertificate().subject.CN : undefined
      sendJson(response, 200, { gitVersion: String(name) })
    },
    serving,
  )
  const target = targetOf(api.url, {
    cluster: { caFile: join(folder, 'ca') },
    user: { certFile: join(folder, 'cert'), keyFile: join(folder, 'key') },
  })
  assert.equal(await (await connect(t, target)).version(), 'alice')
})

test('behavior: through a proxy, with keep-alive', async (t) => {
  const authority = createAuthority('test')
  const api = await startFakeApi(
    t,
    (_, response) => sendJson(response, 200, { gitVersion: 'v1' }),
    authority.issueServer(),
  )
  let tunnels = 0
  const proxy = createHttpServer()
  proxy.on('connect', (_request, client, head) => {
    tunnels += 1
    const upstream = connectTcp(api.port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      upstream.write(head)
      upstream.pipe(client).pipe(upstream)
    })
    upstream.on('error', () => client.destroy())
    client.on('error', () => upstream.destroy())
    client.on('close', () => upstream.destroy())
  })
  const { port } = await listen(t, proxy)
  const target = targetOf(api.url, {
    cluster: { caData: base64(authority.cert), proxyUrl: `http://user:secret@127.0.0.1:${port}` },
  })
  const cluster = await connect(t, target)
  await cluster.version()
  await cluster.version()
  assert.equal(tunnels, 1)
  await assert.rejects(
    (await connect(t, { ...target, cluster: { ...target.cluster, proxyUrl: 'http://127.0.0.1:1' } })).get(
      CONFIG_MAPS,
      'x',
    ),
    obolError(CLUSTER_ERRORS.CONNECTION_REFUSED.code),
  )
})

test('error: 401 with credentials that stay bad is tried once more and then reported', async (t) => {
  const api = await startFakeApi(t, (_, response) => sendStatus(response, 401, 'Unauthorized', 'Unauthorized'))
  const cluster = await connect(t, targetOf(api.url))
  await assert.rejects(
    cluster.version(),
    obolError(CLUSTER_ERRORS.UNAUTHORIZED.code, /kubectl --context test auth whoami/),
  )
  assert.equal(api.requests.length, 2)
})

test('error: a file that is missing, and one that is no certificate', async (t) => {
  const folder = await folderFor(t)
  await writeFile(join(folder, 'junk'), 'secret junk')
  const missing = targetOf(URL_OF_NOBODY, { user: { tokenFile: join(folder, 'gone') } })
  await assert.rejects(authenticate(missing), obolError(CLUSTER_ERRORS.CREDENTIAL_FILE_UNREADABLE.code, /ENOENT/))
  const junk = targetOf(URL_OF_NOBODY, { user: { certFile: join(folder, 'junk'), keyFile: join(folder, 'junk') } })
  await assert.rejects(authenticate(junk), obolError(CLUSTER_ERRORS.CREDENTIAL_UNUSABLE.code))
})

test('error: a login command that fails or is not there; its output stays hidden', async (t) => {
  const { command } = await loginCommand(t, `console.error('secret output'); process.exit(1)`)
  const code = CLUSTER_ERRORS.EXEC_PLUGIN_FAILED.code
  const login = (exec: { readonly command: string; readonly installHint?: string }) =>
    authenticate(targetOf(URL_OF_NOBODY, { cluster: { skipTlsVerify: true }, user: { exec } }))
  await assert.rejects(login({ command }), obolError(code, /user tester failed/))
  await assert.rejects(
    login({ command: '/gone/plugin', installHint: 'install it' }),
    obolError(code, /ENOENT/, /install it/),
  )
})

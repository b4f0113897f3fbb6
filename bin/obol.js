#!/usr/bin/env node
// Old syntax on purpose: an old Node must get as far as the sentence that says what to do.
/* global process */
var version = process.versions.node.split('.').map(Number)
if (version[0] < 22 || (version[0] === 22 && version[1] < 22)) {
  process.stderr.write(
    'obol needs Node.js 22.22 or newer; this is v' + process.versions.node + '. Next: npm install -g node@24\n'
  )
  process.exit(1)
}

// A checkout has sources, and perhaps a bundle; a package has a bundle and no sources.
void import('node:module')
  .then(function (module) {
    module.enableCompileCache()
    return import('node:fs')
  })
  .then(function (fs) {
    var bundle = new URL('../dist/main.js', import.meta.url)
    return import(isFresh(fs, bundle) ? bundle.href : '../src/cli/main.ts')
  })

// A bundle that is older than the sources would answer for code that is no longer there.
function isFresh(fs, bundle) {
  var sources = new URL('../src/', import.meta.url)
  if (!fs.existsSync(sources)) return true
  if (!fs.existsSync(bundle)) return false
  var built = fs.statSync(bundle).mtimeMs
  return ['.', '../package.json', '../package-lock.json']
    .concat(fs.readdirSync(sources, { recursive: true }))
    .every(function (path) {
      var file = new URL(path, sources)
      return !fs.existsSync(file) || fs.statSync(file).mtimeMs <= built
    })
}

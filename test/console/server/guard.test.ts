import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';

import { startTestConsole } from './console-fixture.ts';

test('a request has to name the console as its host', async (t) => {
  const { server, ask } = await startTestConsole(t);
  for (const host of ['localhost', '127.0.0.1', '[::1]', 'LOCALHOST', `localhost:${server.port}`]) {
    const { status } = await ask('/', { headers: { host } });
    assert.equal(status, 200, host);
  }
  const strangers = [
    'evil.example',
    `evil.example:${server.port}`,
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    '10.0.0.1',
    '[::2]',
    'localhost:1:2',
    'localhost/',
    'a@localhost',
  ];
  for (const host of strangers) {
    for (const path of ['/', '/api/who', '/assets/hub-abc123.js']) {
      const { status } = await ask(path, { headers: { host } });
      assert.equal(status, 403, `${host}${path}`);
    }
  }
});

test('a request without a host, with two, or in the form for proxies is refused', async (t) => {
  const { server } = await startTestConsole(t);
  const requests = [
    'GET / HTTP/1.0\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    'GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    'OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
  ];
  for (const request of requests) {
    const socket = connect(server.port, server.address);
    socket.end(request);
    assert.match(await text(socket), /^HTTP\/1\.1 40[03] /, request);
  }
});

test('an origin that is not the console is refused', async (t) => {
  const { server, ask } = await startTestConsole(t);
  const host = `localhost:${server.port}`;
  const post = (origin: string) =>
    ask('/api/login', { method: 'POST', headers: { host, origin } }).then(({ status }) => status);
  assert.equal(await post(`http://${host}`), 200);
  for (const origin of [
    'null',
    'http://evil.example',
    'http://localhost',
    `https://${host}`,
    `http://127.0.0.1:${server.port}`,
    `http://localhost:${server.port + 1}`,
  ]) {
    assert.equal(await post(origin), 403, origin);
  }
});

test('another site may lead to the page, and to nothing else', async (t) => {
  const { ask } = await startTestConsole(t);
  const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  for (const site of ['cross-site', 'same-site', 'whatever']) {
    const from = { ...navigation, 'sec-fetch-site': site };
    assert.equal((await ask('/', { headers: from })).status, 200);
    assert.equal((await ask('/runs', { headers: from })).status, 200);
    for (const path of [
      '/api/who',
      '/API/who',
      '//api/who',
      '/%61pi/who',
      '/assets/hub-abc123.js',
    ]) {
      assert.equal((await ask(path, { headers: from })).status, 403, path);
    }
    const frame = { ...from, 'sec-fetch-dest': 'iframe' };
    assert.equal((await ask('/', { headers: frame })).status, 403);
    const fetched = { 'sec-fetch-site': site, 'sec-fetch-mode': 'cors' };
    assert.equal((await ask('/', { headers: fetched })).status, 403);
    assert.equal((await ask('/', { method: 'POST', headers: from })).status, 403);
  }
  for (const site of ['same-origin', 'none']) {
    const headers = { 'sec-fetch-site': site };
    assert.equal((await ask('/api/who', { headers })).status, 200, site);
  }
});

test('a body has to be JSON', async (t) => {
  const { ask, signIn } = await startTestConsole(t);
  const cookie = await signIn();
  const post = async (type: string | undefined, body: string): Promise<number> => {
    const headers = type === undefined ? {} : { 'content-type': type };
    return (await ask('/api/echo', { method: 'POST', cookie, body, headers })).status;
  };
  const body = '{"count":1}';
  assert.equal(await post('application/json', body), 200);
  assert.equal(await post('application/json; charset=utf-8', body), 200);
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=a',
    'application/jsonp',
    'text/plain; application/json',
    '',
  ]) {
    assert.equal(await post(type, body), 415, type);
  }
});

import { tlsTransport } from '../../src/transport/tls.ts';
import { transportSuite } from '../conformance/transport.ts';

transportSuite('TLS over TCP', tlsTransport);

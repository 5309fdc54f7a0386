import { udpTransport } from '../../src/transport/udp.ts';
import { transportSuite } from '../conformance/transport.ts';

transportSuite('TLS over UDP', udpTransport);

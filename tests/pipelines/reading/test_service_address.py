import pytest
import tensorflow as tf

from pipelines.reading import service_address
from tfrecords_tools.base import errors


@pytest.mark.parametrize(
    "address", ["localhost:1", "grpc://5050", "http://a:1"]
)
def test_address_of_another_form_is_refused(address):
    with pytest.raises(errors.UserError, match="wanted grpc://HOST:PORT"):
        service_address.check(address)


def test_dispatcher_without_a_worker_is_said():
    dispatcher = tf.data.experimental.service.DispatchServer()
    try:
        with pytest.raises(errors.UserError, match="dispatcher with a worker"):
            service_address.check(dispatcher.target, seconds=0.2)
    finally:
        dispatcher._stop()

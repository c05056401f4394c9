import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
from sklearn.preprocessing import scale

floatX = pytensor.config.floatX
X = np.random.randn(400, 2).astype(floatX)
Y = (X[:, 0] > 0).astype(floatX)


def construct_nn(ann_input, ann_output):
    n_hidden = 5
    # Initialize random weights between each layer
    init_1 = np.random.standard_normal(size=(X.shape[1], n_hidden)).astype(floatX)
    init_out = np.random.standard_normal(size=n_hidden).astype(floatX)
    coords = {
        "hidden_layer_1": np.arange(n_hidden),
        "train_cols": np.arange(X.shape[1]),
    }
    with pm.Model(coords=coords) as neural_network:
        # Define minibatch variables
        minibatch_x, minibatch_y = pm.Minibatch(ann_input, ann_output, batch_size=50)
        # Weights from input to hidden layer
        weights_in_1 = pm.Normal(
            "w_in_1", 0, sigma=1, initval=init_1, dims=("train_cols", "hidden_layer_1")
        )
        weights_2_out = pm.Normal("w_2_out", 0, sigma=1, initval=init_out, dims="hidden_layer_1")
        # Build neural-network using tanh activation function
        act_1 = pm.math.tanh(pm.math.dot(minibatch_x, weights_in_1))
        act_out = pm.math.sigmoid(pm.math.dot(act_1, weights_2_out))
        out = pm.Bernoulli("out", act_out, observed=minibatch_y, total_size=X.shape[0])
    return neural_network


neural_network = construct_nn(X, Y)
with neural_network:
    approx = pm.fit(n=30_000)
trace = approx.sample(draws=5000)
